import { z } from 'zod';
import { describeTwins } from '../adapters/ecs.ts';
import { tell } from '../adapters/events.ts';
import { appendHistory } from '../adapters/history.ts';
import { changeControl, readControlVersioned } from '../adapters/records.ts';
import { changeItem, createItem, readItem, releaseKey, rolloutKey } from '../adapters/table.ts';
import { callTurns } from '../adapters/turns.ts';
import { commitRelease, releaseAskedAt, releaseLease } from '../core/close-rollout.ts';
import { concludeFailure, concludeSuccess, type Standing } from '../core/conclude-rollout.ts';
import { isHeldBy } from '../core/fence.ts';
import { holdAfter, holdAfterRollback, holdDigest, rollbackOf } from '../core/holds.ts';
import { Wanted } from '../core/requests.ts';
import { endLine, scanLine, startLines } from '../core/rollout-story.ts';
import {
  End,
  Execution,
  Failure,
  newRecord,
  ProvedTwin,
  type Release,
  Rollout,
  type RolloutRecord,
  Step,
  Trigger,
} from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type Tools, type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const EndBefore = End.unwrap().extend({
  service: z.string(),
  rolloutId: z.string(),
  image: z.string().default(''),
  digest: z.string().default(''),
  trigger: Trigger.default({ kind: 'hand' }),
  actor: z.string().default(''),
});

/** How and when the start passed its scan; null where it has not met one. */
const PassedScan = z.object({ at: z.string(), reason: z.string() }).nullable();

const Input = z.discriminatedUnion('kind', [
  /** The rollout was admitted: only told. */
  z.object({ kind: z.literal('started'), rollout: Rollout, scan: PassedScan }),
  /** It ended before it began: recorded and told. */
  z.object({ kind: z.literal('not-started'), execution: Execution, end: EndBefore, scan: PassedScan }),
  /** The admission itself failed: a lease that it may have taken is freed. */
  z.object({ kind: z.literal('not-admitted'), execution: Execution, request: z.unknown(), failure: Failure }),
  /** Every twin arrived. */
  z.object({
    kind: z.literal('commit'),
    rollout: Rollout,
    steps: z.array(Step).readonly(),
    proof: z.object({ twins: z.array(ProvedTwin).readonly() }),
    /** Twins that were not moved, since their site is away. */
    deferred: z.array(z.string()).readonly(),
    /** Twins that were moved and left alone, since their site was lost on the way. */
    lost: z.array(z.string()).readonly(),
    ecsCalls: z.number(),
  }),
  /** Something failed, and whatever was written was taken back as far as possible. */
  z.object({
    kind: z.literal('fail'),
    rollout: Rollout,
    wentBack: z.boolean(),
    moved: z.boolean(),
    failure: Failure,
    backFailures: z.array(Failure).readonly(),
    lost: z.array(z.string()).readonly(),
    ecsCalls: z.number(),
  }),
]);
type Input = z.infer<typeof Input>;

export type CloseRolloutOutput = End & {
  readonly service: string;
  readonly rolloutId: string;
  readonly [detail: string]: unknown;
};

/**
 * Ends a rollout. In this order, so that it can be repeated from the start after a crash anywhere: the record gets its
 * verdict (joined starts read it once the lease is free), the release is kept, the lease is freed, waiting starts are
 * called, listeners are told.
 */
export const create = (
  deps: Dependencies<'dynamodb' | 'ecs' | 'events' | 'sfn'>,
): WrappedHandler<CloseRolloutOutput> => {
  const env = readEnvironment(deps.env, 'close-rollout', ['TABLE_NAME', 'CLUSTER_NAME']);
  const ecs = { client: deps.clients.ecs, cluster: env.CLUSTER_NAME };
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };

  const publish = (
    rollout: Pick<Rollout, 'service' | 'rolloutId' | 'digest' | 'executionArn'>,
    detail: Readonly<Record<string, unknown>>,
  ) =>
    tell(deps.clients.events, 'Spillway Rollout State Change', rollout.executionArn, {
      service: rollout.service,
      rolloutId: rollout.rolloutId,
      digest: rollout.digest,
      executionArn: rollout.executionArn,
      ...detail,
    });

  /**
   * Writes the verdict. A verdict that is there stays, unless it claims a completion that another one overtook. A rollout
   * whose execution died between its lease and its record gets both here.
   */
  const record = async (
    rollout: Rollout,
    end: End,
    more: Partial<RolloutRecord>,
    overrule = false,
  ): Promise<RolloutRecord> => {
    const ended = (old: RolloutRecord): RolloutRecord =>
      old.endedAt !== undefined && !(overrule && old.succeeded)
        ? old
        : { ...old, ...more, ...end, endedAt: old.endedAt ?? isoNow(deps.clock) };
    const written = await changeItem<RolloutRecord>(table, rolloutKey(rollout), (old) =>
      ended(old ?? newRecord(rollout)),
    );
    return written ?? ended(newRecord(rollout));
  };

  const finish = async (
    rollout: Rollout,
    end: End,
    written: RolloutRecord,
    tools: Tools,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<CloseRolloutOutput> => {
    const details = {
      ...end,
      image: written.image,
      twins: rollout.twins.map(({ twin }) => twin),
      ...more,
    };
    await publish(rollout, {
      state: 'ENDED',
      trigger: rollout.trigger,
      actor: rollout.actor,
      startedAt: rollout.startedAt,
      endedAt: written.endedAt,
      ...details,
    });
    // Last: where it is missing, the guardian tells of a stopped rollout again.
    await appendHistory(table, rollout.service, [endLine(rollout, end, written.endedAt ?? rollout.startedAt)]);
    await callTurns(table, deps.clients.sfn, rollout.service);
    tools.count(`Rollout-${end.verdict}`);
    return { ...details, service: rollout.service, rolloutId: rollout.rolloutId, digest: rollout.digest };
  };

  const commit = async (input: Extract<Input, { kind: 'commit' }>, tools: Tools): Promise<CloseRolloutOutput> => {
    const { rollout, steps, proof } = input;
    const control = (await readControlVersioned(table, rollout.service))?.item;
    const committed = control?.release?.rolloutId === rollout.rolloutId;
    const lost = endOf(
      'rollout',
      'superseded',
      'fence-lost',
      `Another execution took ${rollout.service} over before the release was committed.`,
    );
    if (!committed && !(control && isHeldBy(control, rollout))) {
      return finish(rollout, lost, await record(rollout, lost, {}), tools);
    }
    const end = concludeSuccess(rollout, proof.twins, input.deferred, input.lost);
    const written = await record(rollout, end, { proof: proof.twins, ecsCalls: input.ecsCalls });
    const release: Release = {
      digest: rollout.digest,
      image: `${rollout.repository}@${rollout.digest}`,
      rolloutId: rollout.rolloutId,
      askedAt: releaseAskedAt(control, rollout),
      provedAt: written.endedAt ?? isoNow(deps.clock),
      provedOn: proof.twins.filter(({ tasks }) => tasks > 0).map(({ twin }) => twin),
      taskDefinitions: {
        ...written.taskDefinitions,
        ...Object.fromEntries(steps.map(({ twin, to }) => [twin, to.taskDefinition])),
      },
      ...(written.templates && { templates: written.templates }),
      ...(written.probes && { probes: written.probes }),
      trigger: rollout.trigger,
    };
    if (!committed) {
      const done = await changeControl(table, rollout.service, (now) => {
        const next = commitRelease(now, rollout, release, [...input.deferred, ...input.lost]);
        const back = rollbackOf(rollout.trigger);
        const left = back?.leaves ?? now.release?.digest;
        if (!next || !back || left === undefined || left === release.digest) return next;
        return holdDigest(next, left, holdAfterRollback(rollout.actor, release.provedAt, release.digest));
      });
      const after = done ? undefined : (await readControlVersioned(table, rollout.service))?.item;
      if (after && after.release?.rolloutId !== rollout.rolloutId) {
        return finish(rollout, lost, await record(rollout, lost, {}, true), tools);
      }
    }
    // After the control item, so that a release that was not committed is never in the history; again after a crash.
    await createItem(table, releaseKey(rollout.service, release), release);
    return finish(rollout, end, written, tools, { proof: proof.twins, ecsCalls: input.ecsCalls });
  };

  const fail = async (input: Extract<Input, { kind: 'fail' }>, tools: Tools): Promise<CloseRolloutOutput> => {
    const { rollout } = input;
    // A person who must look is told how each twin stands.
    const standing = input.backFailures.length > 0 ? await describeStanding(rollout) : [];
    const ecsCalls = input.ecsCalls + (standing.length > 0 ? 1 : 0);
    const { failure } = input;
    const siteLost = failure.kind === 'twin' && failure.cause === 'site-lost' ? [failure.twin] : [];
    const behind = (await readItem<RolloutRecord>(table, rolloutKey(rollout)))?.item.behind ?? [];
    const lost = [...new Set([...input.lost, ...siteLost, ...behind])];
    const end = concludeFailure({ ...input, standing, lost });
    // An execution that died may have left the claim of a completion that was never committed.
    const written = await record(rollout, end, { ecsCalls }, failure.kind === 'stopped');
    const hold = holdAfter(end, failure, written.endedAt ?? isoNow(deps.clock), rollout.rolloutId);
    await changeControl(table, rollout.service, (now) => {
      const next = releaseLease(now, rollout, { end, wentBack: input.wentBack, record: written, lost });
      // A restart that failed says nothing against the release that is proved and goes on running.
      return next && hold && now.release?.digest !== rollout.digest ? holdDigest(next, rollout.digest, hold) : next;
    });
    return finish(rollout, end, written, tools, { ecsCalls });
  };

  const describeStanding = async ({ twins }: Rollout): Promise<readonly Standing[]> => {
    const observed = await describeTwins(
      ecs,
      twins.map(({ twin }) => twin),
    );
    return twins.map(({ twin }) => ({ twin, observed: observed.get(twin) }));
  };

  const notStarted = async (
    input: Extract<Input, { kind: 'not-started' }>,
    tools: Tools,
  ): Promise<CloseRolloutOutput> => {
    const { execution, end: full } = input;
    const { service, rolloutId, image, digest, trigger, actor, ...end } = full;
    const key = { service, rolloutId, startedAt: execution.startedAt };
    const endedAt = isoNow(deps.clock);
    await createItem<RolloutRecord>(table, rolloutKey(key), {
      ...key,
      ...end,
      image,
      digest,
      trigger,
      actor,
      executionArn: execution.arn,
      fence: 0,
      waves: [],
      endedAt,
    });
    await publish(
      { service, rolloutId, digest, executionArn: execution.arn },
      { state: 'ENDED', ...end, image, trigger, actor, twins: [], endedAt },
    );
    await appendHistory(table, service, [
      ...(input.scan ? [scanLine({ rolloutId, actor }, input.scan)] : []),
      endLine({ rolloutId, trigger, actor, digest, image }, end, endedAt),
    ]);
    tools.count(`Rollout-${end.verdict}`);
    return full;
  };

  const notAdmitted = async (
    input: Extract<Input, { kind: 'not-admitted' }>,
    tools: Tools,
  ): Promise<CloseRolloutOutput> => {
    const { execution } = input;
    const end = concludeFailure({
      failure: input.failure,
      wentBack: false,
      moved: false,
      backFailures: [],
      standing: [],
      lost: [],
    });
    const rolloutId = execution.name;
    const wanted = Wanted.parse(input.request);
    const { service } = wanted;
    const key = { service, rolloutId, startedAt: execution.startedAt };
    const endedAt = isoNow(deps.clock);
    const bare = { ...key, ...wanted, digest: '', executionArn: execution.arn, fence: 0, waves: [] };
    let record: RolloutRecord = { ...bare, ...end, endedAt };
    if (service) {
      // The start may have got the service, and died before it could say so.
      const written = await changeItem<RolloutRecord>(table, rolloutKey(key), (old) =>
        old?.endedAt === undefined ? { ...bare, ...old, ...end, endedAt } : old,
      );
      record = written ?? record;
      await changeControl(table, service, (now) =>
        releaseLease(now, { executionArn: execution.arn }, { end, wentBack: false, record }),
      );
    }
    const { digest, image, trigger, actor, waves: twins } = record;
    await publish(
      { service, rolloutId, digest, executionArn: execution.arn },
      { state: 'ENDED', ...end, image, trigger, actor, twins, endedAt: record.endedAt },
    );
    if (service) {
      await appendHistory(table, service, [endLine(record, end, record.endedAt ?? endedAt)]);
      await callTurns(table, deps.clients.sfn, service);
    }
    tools.count(`Rollout-${end.verdict}`);
    return { ...end, service, rolloutId: execution.name };
  };

  const run = async (input: Input, tools: Tools): Promise<CloseRolloutOutput> => {
    switch (input.kind) {
      case 'started': {
        const { rollout } = input;
        await appendHistory(table, rollout.service, startLines(rollout, input.scan));
        await publish(rollout, {
          state: 'STARTED',
          image: `${rollout.repository}@${rollout.digest}`,
          trigger: rollout.trigger,
          actor: rollout.actor,
          twins: rollout.twins.map(({ twin }) => twin),
          verdict: null,
          cause: null,
          reason: `${rollout.service} begins to move to ${rollout.digest}.`,
        });
        return {
          succeeded: true,
          verdict: '',
          cause: '',
          reason: '',
          error: null,
          service: rollout.service,
          rolloutId: rollout.rolloutId,
        };
      }
      case 'not-started':
        return notStarted(input, tools);
      case 'not-admitted':
        return notAdmitted(input, tools);
      case 'commit':
        return commit(input, tools);
      case 'fail':
        return fail(input, tools);
    }
  };

  return wrapHandler({
    folder: 'close-rollout',
    env: deps.env,
    input: Input,
    run,
    summary: ({ kind }, output) => ({ for: kind, ...output }),
  });
};
