import { z } from 'zod';
import { resolveImage } from '../adapters/ecr.ts';
import { describeTwins } from '../adapters/ecs.ts';
import { readService } from '../adapters/parameters.ts';
import { readControlVersioned, readFreezeOfAll, writeControl } from '../adapters/records.ts';
import { executionRuns } from '../adapters/sfn.ts';
import { createItem, readItem, rolloutKey } from '../adapters/table.ts';
import { type AdmissionFacts, admissionLimits, admitRollout, type Start } from '../core/admit-rollout.ts';
import { capacitiesOf, type ServiceConfiguration, twinName } from '../core/configuration.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { type ImageReference, parseImageReference } from '../core/image-reference.ts';
import { type GateJudgement, judgeGates } from '../core/judge-gates.ts';
import { explainInput, RolloutRequest, rolloutAccepts } from '../core/requests.ts';
import {
  type Control,
  type End,
  Execution,
  emptyControl,
  type Freeze,
  type Rollout,
  type RolloutLease,
  type RolloutRecord,
  type Trigger,
  type TwinPlan,
} from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({
  execution: Execution,
  request: z.unknown(),
  /** The rollout whose verdict this start waits for. */
  joining: z.object({ rolloutId: z.string(), startedAt: z.string() }).nullable(),
});
type Input = z.infer<typeof Input>;

/** An end with what a record or an output adds to it. */
export type RolloutEnd = End & {
  readonly service: string;
  readonly rolloutId: string;
  readonly [detail: string]: unknown;
};

export type AdmitRolloutOutput =
  | { readonly kind: 'admitted'; readonly rollout: Rollout }
  | {
      readonly kind: 'wait';
      readonly reason: string;
      readonly waitSeconds: number;
      readonly joining: { readonly rolloutId: string; readonly startedAt: string } | null;
    }
  /** `record`: the service exists, so its history shall show this end. */
  | { readonly kind: 'ended'; readonly record: boolean; readonly end: RolloutEnd };

/** A start that waits for a window looks this often whether it was overtaken, frozen or held meanwhile: each look costs 9 history events. */
const windowLookSeconds = 3_600;

/** Another start or a close may change the control item between read and write; each round someone gets through. */
const rounds = 10;

export const create = (
  deps: Dependencies<'ssm' | 'ecr' | 'dynamodb' | 'ecs' | 'sfn'>,
): WrappedHandler<AdmitRolloutOutput> => {
  const env = readEnvironment(deps.env, 'admit-rollout', ['TABLE_NAME', 'CLUSTER_NAME', 'SERVICES_PARAMETER_PREFIX']);
  const { clients, clock } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };
  const ecs = { client: clients.ecs, cluster: env.CLUSTER_NAME };
  const parameters = { client: clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };

  const run = async ({ execution, request: raw, joining }: Input): Promise<AdmitRolloutOutput> => {
    const named = z.object({ service: z.string() }).safeParse(raw);
    const ended = (end: End, record: boolean, details: Readonly<Record<string, unknown>> = {}): AdmitRolloutOutput => ({
      kind: 'ended',
      record,
      end: { ...details, ...end, service: named.data?.service ?? '', rolloutId: execution.name },
    });

    const parsed = RolloutRequest.safeParse(raw);
    if (!parsed.success) {
      return ended(endOf('rollout', 'refused', 'invalid-input', explainInput(parsed.error, rolloutAccepts)), false);
    }
    const request = parsed.data;
    const configuration = await readService(parameters, request.service);
    if (!configuration) {
      const reason = `There is no service '${request.service}'; the services are those of spillway.config.ts.`;
      return ended(endOf('rollout', 'refused', 'unknown-service', reason), false);
    }
    const details = { image: request.image, trigger: request.trigger ?? { kind: 'hand' }, actor: request.actor ?? '' };

    const reference = parseImageReference(request.image);
    const mistake = mistakeIn(request, reference);
    if (!reference || mistake) {
      return ended(endOf('rollout', 'refused', 'invalid-input', mistake ?? ''), true, details);
    }
    const image = await resolveImage(clients.ecr, {
      repository: request.service,
      registryId: registryIdOf(reference),
      tag: reference.tag,
      digest: reference.digest,
    });
    if (image.kind === 'missing') {
      const reason = `The image ${request.image} is not in the repository ${request.service}: ${image.reason}. Nothing was changed.`;
      return ended(endOf('rollout', 'refused', 'image-missing', reason), true, details);
    }
    if (image.kind === 'no-platform') {
      const reason = `The image ${request.image} is an index without a variant for linux/amd64. Nothing was changed.`;
      return ended(endOf('rollout', 'refused', 'platform-missing', reason), true, details);
    }

    const trigger: Trigger = request.trigger ?? { kind: 'hand' };
    const start: Start = {
      executionArn: execution.arn,
      rolloutId: execution.name,
      startedAt: execution.startedAt,
      askedAt: askedAt(trigger, execution.startedAt),
      dueAt: execution.startedAt,
      digest: image.digest,
      force: request.force ?? false,
    };
    const twins = capacitiesOf(configuration).map(
      (capacity): TwinPlan => ({
        twin: twinName(request.service, capacity),
        capacity,
        baseTasks: configuration[capacity]?.baseTasks ?? 0,
      }),
    );
    const limits = admissionLimits(configuration.rollout.deadlineSeconds);
    const freezeOfAll = await readFreezeOfAll(table);

    for (let round = 0; round < rounds; round += 1) {
      const read = await readControlVersioned(table, request.service);
      const gate = gateOf(read?.item ?? emptyControl(request.service), {
        start,
        trigger,
        tag: reference.tag ?? tagOf(trigger),
        freezeOfAll,
        configuration,
      });
      if (gate.kind === 'refused')
        return ended(endOf('rollout', 'refused', gate.cause, gate.reason), true, { ...details, digest: image.digest });
      if (gate.kind === 'wait') {
        const waitSeconds = Math.min(windowLookSeconds, Math.ceil((gate.opensAtMs - clock.now()) / 1_000));
        return { kind: 'wait', reason: gate.reason, waitSeconds, joining: null };
      }
      const facts = await gather(read?.item ?? emptyControl(request.service), start, joining, twins);
      const dueMs = Math.max(Date.parse(start.startedAt), gate.sinceMs ?? 0);
      const due = { ...start, dueAt: new Date(dueMs).toISOString() };
      const admission = admitRollout(facts, due, limits, clock.now());
      if (admission.control !== facts.control && !(await writeControl(table, admission.control, read))) continue;
      switch (admission.kind) {
        case 'wait':
          return {
            kind: 'wait',
            reason: admission.reason,
            waitSeconds: admission.waitSeconds,
            joining: admission.joining,
          };
        case 'ended': {
          const joined = facts.joinedEnd && joining ? { joined: joining.rolloutId } : {};
          const record = ['refused', 'superseded'].includes(admission.end.verdict) && !('joined' in joined);
          return ended(admission.end, record, { ...details, digest: image.digest, ...joined });
        }
        case 'admitted': {
          const rollout = toRollout(configuration, {
            start,
            twins,
            trigger,
            image,
            service: request.service,
            actor: request.actor ?? '',
            fence: admission.fence,
            settleSeconds: admission.settleSeconds,
            nowMs: clock.now(),
          });
          await createItem<RolloutRecord>(
            table,
            rolloutKey(rollout),
            toRecord(rollout, labelOf(request.service, reference, trigger, image.digest)),
          );
          return { kind: 'admitted', rollout };
        }
      }
    }
    throw new ExpectedFailure(
      'ItemContended',
      `The control item of ${request.service} was changed in each of ${rounds} rounds.`,
    );
  };

  /** An execution that has the lease already is past the gates: its admission may only have been repeated. */
  const gateOf = (control: Control, of: GateParts): GateJudgement =>
    control.rollout?.executionArn === of.start.executionArn
      ? { kind: 'open', sinceMs: undefined }
      : judgeGates(
          {
            service: control.service,
            digest: of.start.digest,
            tag: of.tag,
            trigger: of.trigger,
            freeze: control.freeze,
            freezeOfAll: of.freezeOfAll,
            hold: control.holds?.[of.start.digest],
          },
          of.configuration.rollout,
          clock.now(),
        );

  const gather = async (
    control: Control,
    start: Start,
    joining: Input['joining'],
    twins: readonly TwinPlan[],
  ): Promise<AdmissionFacts> => {
    const holder = control.rollout?.executionArn === start.executionArn ? undefined : control.rollout;
    const holderRuns = holder
      ? await executionRuns(clients.sfn, holder.executionArn, holder.startedAt, clock.now())
      : false;
    const dead = holder && !holderRuns ? await readRecord(control.service, holder) : undefined;
    const joined = joining ? await readRecord(control.service, joining) : undefined;
    return {
      control,
      joining: joining ?? undefined,
      joinedEnd: joined && endIn(joined),
      holderRuns,
      holderTouched: dead?.before && {
        before: dead.before,
        taskDefinitions: Object.values(dead.taskDefinitions ?? {}),
      },
      twinsAtRelease:
        control.rollout === undefined && control.release?.digest === start.digest && !start.force
          ? await runRelease(control, twins)
          : false,
    };
  };

  const readRecord = async (
    service: string,
    of: Pick<RolloutLease, 'rolloutId' | 'startedAt'>,
  ): Promise<RolloutRecord | undefined> => (await readItem<RolloutRecord>(table, rolloutKey({ service, ...of })))?.item;

  const runRelease = async ({ release }: Control, twins: readonly TwinPlan[]): Promise<boolean> => {
    const observed = await describeTwins(
      ecs,
      twins.map(({ twin }) => twin),
    );
    return twins.every(
      ({ twin }) => observed.get(twin)?.primary?.taskDefinition === (release?.taskDefinitions[twin] ?? ''),
    );
  };

  return wrapHandler({
    folder: 'admit-rollout',
    env: deps.env,
    input: Input,
    run,
    summary: ({ execution }, output) => ({
      execution: execution.name,
      kind: output.kind,
      ...(output.kind === 'admitted' && { service: output.rollout.service, digest: output.rollout.digest }),
      ...(output.kind === 'ended' && {
        verdict: output.end.verdict,
        cause: output.end.cause,
        reason: output.end.reason,
      }),
      ...(output.kind === 'wait' && { reason: output.reason }),
    }),
  });
};

const mistakeIn = (request: RolloutRequest, reference: ImageReference | undefined): string | undefined => {
  if (!reference) {
    return `'${request.image}' names no image. Accepted is a tag, a digest (sha256: and 64 hexadecimal digits) or a full reference.`;
  }
  if (reference.repository !== undefined && reference.repository !== request.service) {
    return `The image is in the repository ${reference.repository}; a release of ${request.service} comes from the repository ${request.service}.`;
  }
  return undefined;
};

/** ECR's registries have the account in their name. */
const registryIdOf = ({ registry }: ImageReference): string | undefined =>
  /^(\d{12})\.dkr\.ecr\./.exec(registry ?? '')?.[1];

/** The tag that a push or a pipeline says its digest was pushed by. */
const tagOf = ({ tag }: Trigger): string | undefined => (typeof tag === 'string' ? tag : undefined);

/** The image as people speak of it: by its tag where one is known. */
const labelOf = (service: string, { tag }: ImageReference, trigger: Trigger, digest: string): string => {
  const known = tag ?? tagOf(trigger);
  return known === undefined ? `${service}@${digest}` : `${service}:${known}`;
};

const askedAt = (trigger: Trigger, startedAt: string): string => {
  const time = trigger.time;
  return typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : startedAt;
};

const endIn = (record: RolloutRecord): End | undefined => {
  if (record.verdict === undefined || record.endedAt === undefined) return undefined;
  return {
    succeeded: record.succeeded ?? false,
    verdict: record.verdict,
    cause: record.cause ?? '',
    reason: record.reason ?? '',
    error: record.error ?? null,
  };
};

interface GateParts {
  readonly start: Start;
  readonly trigger: Trigger;
  readonly tag: string | undefined;
  readonly freezeOfAll: Freeze | undefined;
  readonly configuration: ServiceConfiguration;
}

interface RolloutParts {
  readonly service: string;
  readonly start: Start;
  readonly twins: readonly TwinPlan[];
  readonly trigger: Trigger;
  readonly actor: string;
  readonly image: { readonly digest: string; readonly registryId: string; readonly platformDigest: string | undefined };
  readonly fence: number;
  readonly settleSeconds: number;
  readonly nowMs: number;
}

const toRollout = (configuration: ServiceConfiguration, parts: RolloutParts): Rollout => {
  const { rollout } = configuration;
  const { start, image } = parts;
  return {
    service: parts.service,
    rolloutId: start.rolloutId,
    executionArn: start.executionArn,
    startedAt: start.startedAt,
    fence: parts.fence,
    digest: image.digest,
    acceptedDigests: image.platformDigest ? [image.digest, image.platformDigest] : [image.digest],
    repository: parts.service,
    registryId: image.registryId,
    twins: parts.twins,
    failedTasksMax: rollout.failedTasksMax,
    sweepSeconds: rollout.sweepSeconds,
    deadlineSeconds: rollout.deadlineSeconds,
    deadlineAt: new Date(parts.nowMs + 1_000 * (parts.settleSeconds + rollout.deadlineSeconds)).toISOString(),
    settleSeconds: parts.settleSeconds,
    trigger: parts.trigger,
    actor: parts.actor,
  };
};

const toRecord = (rollout: Rollout, image: string): RolloutRecord => ({
  service: rollout.service,
  rolloutId: rollout.rolloutId,
  executionArn: rollout.executionArn,
  startedAt: rollout.startedAt,
  digest: rollout.digest,
  image,
  trigger: rollout.trigger,
  actor: rollout.actor,
  fence: rollout.fence,
  waves: rollout.twins.map(({ twin }) => twin),
});
