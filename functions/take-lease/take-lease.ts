import { z } from 'zod';
import { type ClusterClient, countCalls, describeTwins } from '../adapters/ecs.ts';
import { endStoppedRollout } from '../adapters/end-stopped.ts';
import { readTemplates } from '../adapters/parameters.ts';
import { readControlVersioned, readFreezeOfAll, wasProved, writeControl } from '../adapters/records.ts';
import { executionEnd, executionRuns } from '../adapters/sfn.ts';
import { createItem, readItem, rolloutKey } from '../adapters/table.ts';
import { deleteTurn, waitingTurns } from '../adapters/turns.ts';
import { changedTemplates } from '../core/compare-templates.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { endOvertaken, sayEnd } from '../core/guard-rollout.ts';
import { type GateJudgement, judgeGates } from '../core/judge-gates.ts';
import type { Plan } from '../core/rollout-plan.ts';
import {
  Candidate,
  type Control,
  type End,
  emptyControl,
  type Failure,
  type Freeze,
  newRecord,
  type Rollout,
  type RolloutLease,
  type RolloutRecord,
} from '../core/state.ts';
import { isOlder, type LeaseFacts, leaseLimits, takeLease } from '../core/take-lease.ts';
import { endOf } from '../core/verdict.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Joining = z.object({ rolloutId: z.string(), startedAt: z.string() });
const Input = z.object({
  candidate: Candidate,
  /** The rollout whose verdict this start waits for. */
  joining: Joining.nullable(),
  /** ISO time at which the start had passed its scan and its approval, where it needs them. */
  passedAt: z.string(),
});
type Input = z.infer<typeof Input>;

/** `ecsCalls`: calls of ECS that the answer took. */
export type TakeLeaseOutput = Taken & { readonly ecsCalls: number };

type Taken =
  | { readonly kind: 'admitted'; readonly rollout: Rollout }
  /** Goes on with the rollout of a dead execution, only to take it back. */
  | { readonly kind: 'take-back'; readonly rollout: Rollout; readonly plan: Plan; readonly failure: Failure }
  /** A refresh whose release is not the current one any more. */
  | { readonly kind: 'stale'; readonly reason: string }
  | {
      readonly kind: 'wait';
      readonly reason: string;
      readonly waitSeconds: number;
      readonly waitsFor: string;
      readonly joining: z.infer<typeof Joining> | null;
    }
  /** `record`: the history of the service shall show this end. */
  | {
      readonly kind: 'ended';
      readonly record: boolean;
      readonly end: End & { readonly service: string; readonly rolloutId: string; readonly [detail: string]: unknown };
    };

/** A start that waits for a window looks this often whether it was overtaken, frozen or held meanwhile. */
const windowLookSeconds = 3_600;

/** Another start or a close may change the control item between read and write; each round someone gets through. */
const rounds = 10;

/** Gives a start the lease of its service, or says why it has to wait or to end. */
export const create = (
  deps: Dependencies<'dynamodb' | 'ecs' | 'events' | 'sfn' | 'ssm'>,
): WrappedHandler<TakeLeaseOutput> => {
  const env = readEnvironment(deps.env, 'take-lease', ['TABLE_NAME', 'CLUSTER_NAME', 'TEMPLATES_PARAMETER_PREFIX']);
  const { clients, clock } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };
  const templates = { client: clients.ssm, prefix: env.TEMPLATES_PARAMETER_PREFIX };

  const run = async (input: Input): Promise<TakeLeaseOutput> => {
    const ecs = countCalls({ client: clients.ecs, cluster: env.CLUSTER_NAME });
    const taken = await take(ecs, input);
    return { ...taken, ecsCalls: ecs.calls() };
  };

  const take = async (ecs: ClusterClient, { candidate, joining, passedAt }: Input): Promise<Taken> => {
    const { service, rolloutId, image, digest, trigger, actor } = candidate;
    const ended = (end: End, record: boolean, more: Readonly<Record<string, unknown>> = {}): Taken => ({
      kind: 'ended',
      record,
      end: { image, digest, trigger, actor, ...more, ...end, service, rolloutId },
    });
    const freezeOfAll = await readFreezeOfAll(table);
    for (let round = 0; round < rounds; round += 1) {
      const read = await readControlVersioned(table, service);
      const control = read?.item ?? emptyControl(service);
      const waitsFor = control.rollout?.rolloutId ?? '';
      const gate = await gateOf(control, candidate, freezeOfAll);
      if (gate.kind === 'refused') {
        await deleteTurn(table, candidate);
        return ended(endOf('rollout', 'refused', gate.cause, gate.reason), true);
      }
      if (gate.kind === 'wait') {
        const waitSeconds = Math.min(windowLookSeconds, Math.ceil((gate.opensAtMs - clock.now()) / 1_000));
        return { kind: 'wait', reason: gate.reason, waitSeconds, waitsFor, joining: null };
      }
      if (candidate.goal === 'refresh' && control.release?.digest !== digest) {
        return { kind: 'stale', reason: `${service} is on ${control.release?.digest ?? 'no release'} meanwhile.` };
      }
      const facts = await gather(ecs, control, candidate, joining);
      const dueMs = Math.max(Date.parse(passedAt), gate.sinceMs ?? 0);
      const start = { ...candidate, dueAt: new Date(dueMs).toISOString() };
      const decision = takeLease(facts, start, leaseLimits(candidate), clock.now());
      if (decision.control !== facts.control && !(await writeControl(table, decision.control, read))) continue;
      if (decision.kind === 'wait') {
        const { reason, waitSeconds } = decision;
        return { kind: 'wait', reason, waitSeconds, waitsFor, joining: decision.joining };
      }
      await deleteTurn(table, candidate);
      if (decision.kind === 'ended') {
        const joined = facts.joinedEnd && joining ? { joined: joining.rolloutId } : {};
        const record = ['refused', 'superseded'].includes(decision.end.verdict) && !('joined' in joined);
        return ended(decision.end, record, joined);
      }
      if (decision.adopts) return adopt(candidate, decision.adopts, decision.fence, decision.settleSeconds);
      const holder = facts.control.rollout;
      if (holder && holder.executionArn !== candidate.executionArn) await closeOvertaken(service, holder);
      const deadlineMs = clock.now() + 1_000 * (decision.settleSeconds + candidate.deadlineSeconds);
      const rollout: Rollout = {
        ...candidate,
        fence: decision.fence,
        settleSeconds: decision.settleSeconds,
        deadlineAt: new Date(deadlineMs).toISOString(),
      };
      await createItem<RolloutRecord>(table, rolloutKey(rollout), newRecord(rollout));
      return { kind: 'admitted', rollout };
    }
    throw new ExpectedFailure(
      'ItemContended',
      `The control item of ${service} was changed in each of ${rounds} rounds.`,
    );
  };

  /** An execution that has the lease already is past the gates: this state may only have been repeated. */
  const gateOf = async (control: Control, of: Candidate, freezeOfAll: Freeze | undefined): Promise<GateJudgement> => {
    if (control.rollout?.executionArn === of.executionArn || of.goal === 'take-back')
      return { kind: 'open', sinceMs: undefined };
    const { service, freeze, holds } = control;
    const { digest, tag, trigger, goal, gates } = of;
    const hold = holds?.[digest];
    const asksWhen = trigger.kind === 'rollback' && gates.windows.length > 0;
    const proved = asksWhen && (await wasProved(table, control, digest));
    return judgeGates({ service, digest, tag, trigger, goal, freeze, freezeOfAll, hold, proved }, gates, clock.now());
  };

  const gather = async (
    ecs: ClusterClient,
    control: Control,
    start: Candidate,
    joining: Input['joining'],
  ): Promise<LeaseFacts> => {
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
          ? await runRelease(ecs, control, start)
          : false,
      earlierWaits: start.concurrency === 'queue' && !holderRuns ? await earlierWaits(start) : false,
    };
  };

  const adopt = async (
    candidate: Candidate,
    dead: RolloutLease,
    fence: number,
    settleSeconds: number,
  ): Promise<Taken> => {
    const record = await readRecord(candidate.service, dead);
    const ended = await executionEnd(clients.sfn, record?.executionArn ?? dead.executionArn);
    const { status } = ended;
    const failure: Failure = { kind: 'stopped', status, reason: `${sayEnd(ended)} and had not closed it` };
    const admitted = record?.admitted ?? { ...candidate, deadlineAt: candidate.startedAt };
    const rollout = { ...admitted, ...dead, executionArn: candidate.executionArn, fence, settleSeconds };
    return { kind: 'take-back', rollout, plan: { steps: record?.plan?.steps ?? [], backFrom: 'all' }, failure };
  };

  const readRecord = async (
    service: string,
    of: Pick<RolloutLease, 'rolloutId' | 'startedAt'>,
  ): Promise<RolloutRecord | undefined> => (await readItem<RolloutRecord>(table, rolloutKey({ service, ...of })))?.item;

  const runRelease = async (ecs: ClusterClient, { release }: Control, { twins, goal }: Candidate): Promise<boolean> => {
    if (goal === 'refresh') {
      const names = twins.map(({ twin }) => twin);
      if (changedTemplates(release ?? {}, await readTemplates(templates, names)).length > 0) return false;
    }
    const observed = await describeTwins(
      ecs,
      twins.map(({ twin }) => twin),
    );
    return twins.every(
      ({ twin }) => observed.get(twin)?.primary?.taskDefinition === (release?.taskDefinitions[twin] ?? ''),
    );
  };

  const earlierWaits = async (start: Candidate): Promise<boolean> => {
    for (const turn of await waitingTurns(table, start.service)) {
      if (turn.executionArn === start.executionArn || !isOlder(turn, start)) continue;
      if (await executionRuns(clients.sfn, turn.executionArn, turn.startedAt, clock.now())) return true;
      // Its execution was stopped while it waited.
      await deleteTurn(table, turn);
    }
    return false;
  };

  /** A rollout that lost its lease to this one gets its end: its own execution writes none any more. */
  const closeOvertaken = async (service: string, holder: RolloutLease): Promise<void> => {
    const record = await readRecord(service, holder);
    if (!record || record.endedAt !== undefined) return;
    const ended = await executionEnd(clients.sfn, record.executionArn);
    await endStoppedRollout({ table, events: clients.events }, record, endOvertaken(ended), isoNow(clock));
  };

  return wrapHandler({
    folder: 'take-lease',
    env: deps.env,
    input: Input,
    run,
    summary: ({ candidate }, output) => ({
      service: candidate.service,
      rollout: candidate.rolloutId,
      kind: output.kind,
      ...(output.kind === 'ended' && { verdict: output.end.verdict, cause: output.end.cause }),
      ...(output.kind === 'wait' && { reason: output.reason }),
    }),
  });
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
