import { z } from 'zod';
import { appendHistory } from '../adapters/history.ts';
import { readService } from '../adapters/parameters.ts';
import { newestBurst, readControlVersioned, writeControl } from '../adapters/records.ts';
import { executionRuns } from '../adapters/sfn.ts';
import { burstKey, createItem, readItem } from '../adapters/table.ts';
import { admitBurst, type BurstStart, refusalOf } from '../core/admit-burst.ts';
import { taskHourUsd } from '../core/aws-prices.ts';
import { refusedLine, resumedLine } from '../core/burst-story.ts';
import { type Capacity, type ServiceConfiguration, twinName } from '../core/configuration.ts';
import { carriedOver } from '../core/decide-burst.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { BurstRequest, burstAccepts, explainInput } from '../core/requests.ts';
import {
  type Burst,
  type BurstLease,
  type BurstMemory,
  type BurstRecord,
  type CountMove,
  type End,
  Execution,
  emptyControl,
  freshMemory,
} from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({ execution: Execution, request: z.unknown() });

export type BurstEnd = End & { readonly service: string; readonly burstId: string };

export type AdmitBurstOutput =
  | {
      readonly kind: 'admitted';
      readonly burst: Burst;
      readonly memory: BurstMemory;
      /** To be waited before the first look. */
      readonly settleSeconds: number;
    }
  | { readonly kind: 'ended'; readonly end: BurstEnd };

const rounds = 10;

export const create = (deps: Dependencies<'ssm' | 'dynamodb' | 'sfn'>): WrappedHandler<AdmitBurstOutput> => {
  const env = readEnvironment(deps.env, 'admit-burst', ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX']);
  const { clients, clock } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };
  const parameters = { client: clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };

  const run = async ({ execution, request: raw }: z.infer<typeof Input>): Promise<AdmitBurstOutput> => {
    const service = z.object({ service: z.string() }).safeParse(raw).data?.service ?? '';
    const ended = (end: End): AdmitBurstOutput => ({
      kind: 'ended',
      end: { ...end, service, burstId: execution.name },
    });
    const parsed = BurstRequest.safeParse(raw);
    if (!parsed.success) {
      return ended(endOf('burst', 'refused', 'invalid-input', explainInput(parsed.error, burstAccepts)));
    }
    const request = parsed.data;
    const configuration = await readService(parameters, service);
    if (!configuration) {
      const reason = `There is no service '${service}'; the services are those of spillway.config.ts.`;
      return ended(endOf('burst', 'refused', 'unknown-service', reason));
    }
    const settings = configuration.burst;
    if (!settings) {
      const reason = `${service} has no 'burst' in spillway.config.ts, so there is no objective to burst for.`;
      return ended(endOf('burst', 'refused', 'not-configured', reason));
    }
    const most = configuration.fargate?.maxTasks ?? configuration.fargate?.baseTasks ?? 0;
    if (request.tasks !== undefined && request.tasks > most) {
      const reason = `${request.tasks} tasks were asked for, and ${service} may have ${most} in Fargate (fargate.maxTasks in spillway.config.ts).`;
      return ended(endOf('burst', 'refused', 'invalid-input', reason));
    }

    const start = {
      executionArn: execution.arn,
      name: execution.name,
      startedAt: execution.startedAt,
      byHand: request.trigger === undefined || request.trigger.kind === 'hand',
      handover: request.handover,
    };
    for (let round = 0; round < rounds; round += 1) {
      const read = await readControlVersioned(table, service);
      const control = read?.item ?? emptyControl(service);
      const holder = control.burst?.executionArn === execution.arn ? undefined : control.burst;
      const holderRuns =
        holder !== undefined && !request.handover
          ? await executionRuns(clients.sfn, holder.executionArn, holder.startedAt, clock.now())
          : false;
      const admission = admitBurst(control, start, holderRuns);
      if (admission.control !== control && !(await writeControl(table, admission.control, read))) continue;
      if (admission.kind === 'ended') {
        if (admission.end.cause === 'never-released') await refuse(start, request, admission.end);
        return ended(admission.end);
      }
      const { lease } = admission;
      const record = admission.resumed
        ? await readItem<BurstRecord>(table, burstKey({ service, ...lease }))
        : undefined;
      const burst = toBurst(service, configuration, lease, request, record?.item, settings);
      const last = record ? undefined : await newestBurst(table, service);
      const begun = carriedOver(last?.burstId === lease.burstId ? undefined : last?.memory);
      if (!record) await createItem<BurstRecord>(table, burstKey(burst), toRecord(burst, execution.arn, begun));
      if (lease.generation > 0 && !request.handover)
        await appendHistory(table, service, [resumedLine(burst, execution.startedAt)]);
      const memory = request.handover?.memory ?? record?.item.memory ?? begun;
      return { kind: 'admitted', burst, memory: { ...memory, looks: 0 }, settleSeconds: admission.settleSeconds };
    }
    throw new ExpectedFailure(
      'ItemContended',
      `The control item of ${service} was changed in each of ${rounds} rounds.`,
    );
  };

  /** Lists the refusal with the bursts, and tells it. */
  const refuse = async (start: BurstStart, request: BurstRequest, end: End): Promise<void> => {
    const { service, trigger = { kind: 'hand' }, actor = '' } = request;
    const { burstId, keptAt } = refusalOf(start, end.cause);
    const of = { burstId, startedAt: start.startedAt, trigger, actor };
    const endedAt = isoNow(clock);
    const record = { service, ...of, executionArn: '', memory: freshMemory, ...end, endedAt };
    await createItem<BurstRecord>(table, burstKey({ service, burstId, startedAt: keptAt }), record);
    await appendHistory(table, service, [refusedLine(of, end, endedAt)]);
  };

  return wrapHandler({
    folder: 'admit-burst',
    env: deps.env,
    input: Input,
    run,
    summary: ({ execution }, output) => ({
      execution: execution.name,
      kind: output.kind,
      ...(output.kind === 'admitted' && { burst: output.burst.burstId, generation: output.burst.generation }),
      ...(output.kind === 'ended' && {
        verdict: output.end.verdict,
        cause: output.end.cause,
        reason: output.end.reason,
      }),
    }),
  });
};

/** A burst that goes on keeps what it was started with; the request of whoever found it adds nothing. */
const toBurst = (
  service: string,
  configuration: ServiceConfiguration,
  lease: BurstLease,
  request: BurstRequest,
  record: BurstRecord | undefined,
  settings: NonNullable<ServiceConfiguration['burst']>,
): Burst => {
  const asked = record ?? {
    tasks: request.tasks,
    untilMs: request.for === undefined ? undefined : Date.parse(lease.startedAt) + 1_000 * request.for,
    trigger: request.trigger ?? { kind: 'hand' },
    actor: request.actor ?? '',
  };
  const base = (capacity: Capacity): readonly CountMove[] => {
    const place = configuration[capacity];
    return place ? [{ twin: twinName(service, capacity, configuration), desiredCount: place.baseTasks }] : [];
  };
  const fargateBase = configuration.fargate?.baseTasks ?? 0;
  return {
    service,
    burstId: lease.burstId,
    startedAt: lease.startedAt,
    generation: lease.generation,
    lookSeconds: settings.lookSeconds,
    deadlineSeconds: settings.deadlineSeconds,
    ...(asked.tasks !== undefined && { tasks: asked.tasks }),
    ...(asked.untilMs !== undefined && { untilMs: asked.untilMs }),
    baseMoves: [...base('external'), ...base('fargate')],
    terms: {
      workSecondsPerMessage: settings.workSecondsPerMessage,
      messagesPerTask: settings.messagesPerTask,
      startSeconds: settings.startSeconds,
      fargateBase,
      fargateMax: configuration.fargate?.maxTasks ?? fargateBase,
      taskHourUsd: taskHourUsd(configuration),
    },
    trigger: asked.trigger,
    actor: asked.actor,
  };
};

const toRecord = (burst: Burst, executionArn: string, memory: BurstMemory): BurstRecord => ({
  service: burst.service,
  burstId: burst.burstId,
  executionArn,
  startedAt: burst.startedAt,
  trigger: burst.trigger,
  actor: burst.actor,
  tasks: burst.tasks,
  untilMs: burst.untilMs,
  memory,
});
