import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ClusterClient, countCalls, listProbes, readProbe, runProbe, stopTask } from '../adapters/ecs.ts';
import { appendHistory } from '../adapters/history.ts';
import { makeRoom } from '../adapters/make-room.ts';
import { readControl } from '../adapters/records.ts';
import {
  changeWatch,
  concludeWatch,
  isProbing,
  newWatch,
  readWatch,
  type Seen,
  storeWatch,
  type Watch,
} from '../adapters/watch.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { checkFence, isHeldBy } from '../core/fence.ts';
import {
  judgeProbe,
  judgeStopped,
  type ProbeCause,
  probeFailure,
  type SeenProbe,
  type TwinFailure,
} from '../core/judge-probe.ts';
import { probeLine } from '../core/rollout-story.ts';
import { type Failure, Moved, Rollout, Step } from '../core/state.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const waiting = {
  token: z.string().min(1),
  attempt: z.object({ enteredAt: z.string(), retryCount: z.number() }),
  rollout: Rollout,
  steps: z.array(Step).readonly(),
  moves: z.array(Moved).readonly(),
  twin: z.string(),
};
const Input = z.discriminatedUnion('kind', [
  /** Starts the probe and waits until it runs. */
  z.object({ kind: z.literal('start'), ...waiting }),
  /** Waits while its health is decided; its stop ends this early, and a newer start. */
  z.object({ kind: z.literal('settle'), ...waiting }),
  /** Judges it, and stops it. */
  z.object({
    kind: z.literal('stop'),
    /** When its time was up. */
    enteredAt: z.string(),
    rollout: Rollout,
    steps: z.array(Step).readonly(),
    twin: z.string(),
  }),
  /** Stops the probe of a rollout that goes on no more, or that a dead one has left with the lease, without judging it. */
  z.object({ kind: z.literal('abandon'), rollout: Rollout }),
]);
type Input = z.infer<typeof Input>;

export type ProbeTwinOutput =
  | { readonly kind: 'waiting' | 'ended' }
  /** `not-started`: nothing is known of the release; why its start failed is known to the execution. */
  | { readonly kind: 'abandoned' | 'not-started'; readonly ecsCalls: number }
  | { readonly kind: 'proved'; readonly ecsCalls: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly ecsCalls: number };

/** Proves a release on a twin that rests at count 0, by one task beside the service that is told not to work. */
export const create = (deps: Dependencies<'ecs' | 'dynamodb' | 'sfn'>): WrappedHandler<ProbeTwinOutput> => {
  const env = readEnvironment(deps.env, 'probe-twin', ['TABLE_NAME', 'CLUSTER_NAME']);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };
  const clients = { table, sfn: deps.clients.sfn };

  const seen = (source: string): Seen => ({ atMs: deps.clock.now(), source });

  const stepOf = ({
    steps,
    twin,
  }: {
    readonly steps: readonly Step[];
    readonly twin: string;
  }): Step & { readonly probe: NonNullable<Step['probe']> } => {
    const step = steps.find((each) => each.twin === twin);
    if (!step?.probe) throw new ExpectedFailure('InvalidEvent', `${twin} has no probe.`);
    return { ...step, probe: step.probe };
  };

  const failure = (twin: string, { cause, reason }: { cause: ProbeCause; reason: string }): TwinFailure =>
    probeFailure(twin, cause, `The probe of ${twin} failed: ${reason}`);

  const toWatch = (input: Extract<Input, { kind: 'start' | 'settle' }>): Watch => {
    const { token, attempt, rollout, twin, steps, moves } = input;
    const deadlineMs = Date.parse(rollout.deadlineAt);
    const phase = input.kind === 'start' ? 'probe' : 'settle';
    return newWatch({ phase, twin, token, attempt, deadlineMs, rollout, steps, moves });
  };

  const start = async (input: Extract<Input, { kind: 'start' }>): Promise<ProbeTwinOutput> => {
    const { rollout, twin } = input;
    const ecs = countCalls({ client: deps.clients.ecs, cluster: env.CLUSTER_NAME });
    const step = stepOf(input);
    checkFence(await readControl(table, rollout.service), rollout);
    const { stored } = await storeWatch(table, toWatch(input));
    if (stored.token !== input.token) return { kind: 'ended' };
    if (stored.probe) {
      const probe = await readProbe(ecs, stored.probe.taskArn);
      return conclude(stored, ecs.calls(), probe, step);
    }
    const started = await runProbe(ecs, {
      twin,
      taskDefinition: step.to.taskDefinition,
      container: step.probe.container,
      launch: step.launch ?? {},
      clientToken: createHash('sha256').update(`${rollout.rolloutId} ${twin}`).digest('hex'),
    });
    const ecsCalls = stored.ecsCalls + ecs.calls();
    if (started.kind === 'refused') {
      // What RunTask answers in `failures` is about capacity and machines, and says nothing against the image.
      const noPlace = probeFailure(
        twin,
        'placement-failure',
        `No place was found for the probe of ${twin}: ${started.reason}`,
      );
      await concludeWatch(clients, { ...stored, ecsCalls }, { kind: 'failed', failure: noPlace }, seen('RunTask'));
      return { kind: 'ended' };
    }
    await changeWatch(table, stored, (now) => ({
      ...now,
      ecsCalls,
      probe: { taskArn: started.taskArn },
    }));
    return { kind: 'waiting' };
  };

  /** A sweep: no event told what became of the probe. */
  const conclude = async (watch: Watch, calls: number, probe: SeenProbe, step: Step): Promise<ProbeTwinOutput> => {
    const ecsCalls = watch.ecsCalls + calls;
    const late = deps.clock.now() >= watch.deadlineMs;
    if (!probe.stopped && !probe.running && !late) {
      await changeWatch(table, watch, (now) => ({ ...now, ecsCalls }));
      return { kind: 'waiting' };
    }
    // Being late says nothing against the image: waves may have used the time up before the probe was started.
    const judged = probe.stopped
      ? failure(step.twin, judgeStopped(probe.stopped))
      : probeFailure(
          step.twin,
          'timed-out',
          `The probe of ${step.twin} did not run before the deadline of the rollout`,
        );
    await concludeWatch(
      clients,
      { ...watch, ecsCalls },
      probe.running ? { kind: 'done', reason: `The probe of ${step.twin} runs` } : { kind: 'failed', failure: judged },
      seen('DescribeTasks, at a sweep'),
    );
    return { kind: 'ended' };
  };

  const settle = async (input: Extract<Input, { kind: 'settle' }>): Promise<ProbeTwinOutput> => {
    const { stored } = await storeWatch(table, toWatch(input));
    if (stored.token !== input.token) return { kind: 'ended' };
    // Nothing moves but the probe, which is known and can be stopped: a safe point, as a bake is.
    const superseded = await makeRoom(clients, stored, input.rollout, deps.clock.now());
    return { kind: superseded ? 'ended' : 'waiting' };
  };

  const stop = async (input: Extract<Input, { kind: 'stop' }>): Promise<ProbeTwinOutput> => {
    const ecs = countCalls({ client: deps.clients.ecs, cluster: env.CLUSTER_NAME });
    const { rollout, twin } = input;
    const watch = await readWatch(table, rollout.service);
    const started = watch?.rolloutId === rollout.rolloutId && watch.twin === twin ? watch.probe : undefined;
    if (!watch || !started) {
      if (isHeldBy(await readControl(table, rollout.service), rollout)) await stopUnknown(ecs, twin);
      return { kind: 'not-started', ecsCalls: ecs.calls() };
    }
    // Judged once: whoever repeats this after a crash would see the task that the first one has stopped.
    const { taskArn } = started;
    const { judged, cause } =
      started.judged === undefined
        ? await judge(ecs, input, taskArn)
        : { judged: started.judged, cause: started.cause ?? 'probe-failed' };
    if (started.judged === undefined) {
      await changeWatch(table, watch, (now) => ({ ...now, probe: { ...started, judged, cause } }));
    }
    const failed = failure(twin, { cause, reason: judged });
    await stopTask(ecs, taskArn, 'The probe has told what it had to tell');
    const why = judged === '' ? '' : failed.reason;
    await appendHistory(table, rollout.service, [probeLine(rollout, twin, why, isoNow(deps.clock))]);
    const ecsCalls = ecs.calls();
    return judged === '' ? { kind: 'proved', ecsCalls } : { kind: 'failed', failure: failed, ecsCalls };
  };

  /** @returns why the probe failed; empty where it proved the release */
  const judge = async (
    ecs: ClusterClient,
    input: Extract<Input, { kind: 'stop' }>,
    taskArn: string,
  ): Promise<{ readonly judged: string; readonly cause: ProbeCause }> => {
    const lookedForMs = deps.clock.now() - Date.parse(input.enteredAt);
    const judgement = judgeProbe(await readProbe(ecs, taskArn), stepOf(input).probe, input.rollout, lookedForMs);
    if (judgement.kind === 'unsettled') throw new ExpectedFailure('NotSettled', judgement.reason);
    return judgement.kind === 'proved'
      ? { judged: '', cause: 'probe-failed' }
      : { judged: judgement.reason, cause: judgement.cause };
  };

  /** The answer of a call that started a probe may have been lost, so that nobody knows its task. */
  const stopUnknown = async (ecs: ClusterClient, twin: string): Promise<void> => {
    for (const taskArn of await listProbes(ecs, [twin])) await stopTask(ecs, taskArn, 'Its rollout goes on no more');
  };

  const abandon = async (rollout: Rollout): Promise<ProbeTwinOutput> => {
    const ecs = countCalls({ client: deps.clients.ecs, cluster: env.CLUSTER_NAME });
    const watch = await readWatch(table, rollout.service);
    const held = isHeldBy(await readControl(table, rollout.service), rollout);
    if (watch && isProbing(watch) && (held || watch.rolloutId === rollout.rolloutId)) {
      const { probe } = watch;
      if (probe) {
        const { taskArn, judged = 'its rollout goes on no more' } = probe;
        await changeWatch(table, watch, (now) => ({ ...now, probe: { ...probe, judged } }));
        await stopTask(ecs, taskArn, 'Its rollout goes on no more');
      } else if (held) await stopUnknown(ecs, watch.twin);
    }
    return { kind: 'abandoned', ecsCalls: ecs.calls() };
  };

  return wrapHandler({
    folder: 'probe-twin',
    env: deps.env,
    input: Input,
    run: (input: Input) => {
      switch (input.kind) {
        case 'start':
          return start(input);
        case 'settle':
          return settle(input);
        case 'stop':
          return stop(input);
        case 'abandon':
          return abandon(input.rollout);
      }
    },
    summary: ({ kind, rollout }, output) => ({ rollout: rollout.rolloutId, for: kind, ...output }),
  });
};
