import type { SFNClient } from '@aws-sdk/client-sfn';
import type { ProbeCause } from '../core/judge-probe.ts';
import { isAway, judgeLoss, judgeReturn, judgeUnreachable, type Unreachable } from '../core/judge-site.ts';
import {
  awaitsOnlyStops,
  givesUp,
  type Judgement,
  judgeTwin,
  type TaskFailure,
  type TwinLimits,
} from '../core/judge-twin.ts';
import { waitLine } from '../core/rollout-story.ts';
import type { Deployment, Failure, Moved, Rollout, Step } from '../core/state.ts';
import { countOf } from '../core/unseen-seconds.ts';
import {
  type ClusterClient,
  countCalls,
  type DescribedTwin,
  describeTwins,
  listAnswering,
  machinesOf,
  readFailures,
  readMachines,
  readUnreachable,
} from './ecs.ts';
import { appendHistory } from './history.ts';
import { endTask } from './sfn.ts';
import { changeItem, deleteItem, newsKey, readItem, type TableClient, watchKey } from './table.ts';

/** A twin that the rollout has moved: as long as it lasts, what goes wrong on any of them is news. */
export interface WatchedTwin {
  readonly taskDefinition: string;
  readonly deployment: Deployment;
  readonly overtaken: readonly string[];
  /** Whether its tasks run on premises, so that its site may be lost. */
  readonly external: boolean;
}

/** What the execution of a rollout waits for, as events find it. One for each service. */
export interface Watch {
  readonly service: string;
  readonly rolloutId: string;
  /** `probe`: the start of a probe is waited for; `settle`: it runs, and only its stop is news. */
  readonly phase: 'forward' | 'back' | 'bake' | 'probe' | 'settle';
  /** The twin whose arrival or probe is waited for; empty in a bake. */
  readonly twin: string;
  readonly token: string;
  /** Orders the attempts of waiting states: a late write of an older attempt must not replace a newer token. */
  readonly attempt: { readonly enteredAt: string; readonly retryCount: number };
  readonly twins: Readonly<Record<string, WatchedTwin>>;
  /** Stopped tasks of the release that count against it, by twin and task id: each once, however often it is told. */
  readonly failures: Readonly<Record<string, Readonly<Record<string, TaskFailure>>>>;
  readonly failedTasksMax: number;
  readonly deadlineMs: number;
  /** Seconds for which no machine answers until a site counts as lost, and since when none does by the sweeps. */
  readonly lostAfterSeconds: number;
  readonly awaySinceMs?: number;
  /** A twin on premises did not move between two sweeps: which machines are its own, and what the next sweep asks about. */
  readonly standstill?: { readonly machines: string; readonly next: 'site' | 'twin' };
  /** Running tasks of the awaited deployment at the last sweep. */
  readonly seenRunning: number;
  /** Calls of ECS since the wait began. */
  readonly ecsCalls: number;
  readonly probe?: {
    readonly taskArn: string;
    /** Why it failed, or empty where it proved the release; there once it was judged, before it is stopped. */
    readonly judged?: string;
    /** Who answers for it; the release where it is not there. */
    readonly cause?: ProbeCause;
  };
}

/** A wait as it begins: for a move or a probe of `twin`, or for what goes wrong in a bake. */
export const newWatch = ({
  rollout,
  steps,
  moves,
  ...wait
}: Pick<Watch, 'phase' | 'twin' | 'token' | 'attempt' | 'deadlineMs'> & {
  readonly rollout: Rollout;
  readonly steps: readonly Step[];
  /** The twins that were moved, the newest move of each last. */
  readonly moves: readonly Moved[];
}): Watch => ({
  ...wait,
  service: rollout.service,
  rolloutId: rollout.rolloutId,
  twins: Object.fromEntries(
    moves.flatMap(({ twin, deployment }) => {
      const step = steps.find((each) => each.twin === twin);
      if (!step) return [];
      const { to, back, capacity } = step;
      const isBack = wait.phase === 'back';
      // On the way back our own move forward may still be under way, when its answer was lost.
      const overtaken = isBack ? [...step.overtaken, to.taskDefinition] : step.overtaken;
      const { taskDefinition } = isBack ? back : to;
      return [[twin, { taskDefinition, deployment, overtaken, external: capacity === 'external' }] as const];
    }),
  ),
  failures: {},
  failedTasksMax: rollout.failedTasksMax,
  lostAfterSeconds: rollout.lostAfterSeconds,
  seenRunning: 0,
  ecsCalls: 0,
});

/** When and from where it is known what ends a wait. */
export interface Seen {
  readonly atMs: number;
  readonly source: string;
}

export interface WatchClients {
  readonly ecs: ClusterClient;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly table: TableClient;
}

/** What a waiting state ends with. */
export type WatchEnd = (Judgement | { readonly kind: 'superseded'; readonly failure: Failure }) & {
  readonly ecsCalls: number;
};

const isLater = (a: Watch['attempt'], b: Watch['attempt']): boolean =>
  a.enteredAt === b.enteredAt ? a.retryCount >= b.retryCount : Date.parse(a.enteredAt) > Date.parse(b.enteredAt);

const isBack = ({ phase }: Watch): boolean => phase === 'back';
export const isProbing = ({ phase }: Watch): boolean => phase === 'probe' || phase === 'settle';

/** Failures of deployments that are still watched: they count until the rollout ends or turns back. */
const keptFailures = (old: Watch, next: Watch): Watch['failures'] =>
  old.rolloutId !== next.rolloutId || isBack(old) !== isBack(next)
    ? {}
    : Object.fromEntries(
        Object.entries(old.failures).filter(
          ([twin]) => old.twins[twin]?.deployment.id === next.twins[twin]?.deployment.id,
        ),
      );

/**
 * Stores what a state waits for.
 * @returns the watch as stored, which is another attempt's when that one is newer, and whether it is a sweep: the same
 * wait again, since no event came.
 */
export const storeWatch = async (
  table: TableClient,
  watch: Watch,
): Promise<{ readonly stored: Watch; readonly sweep: boolean }> => {
  let sweep = false;
  const stored = await changeItem<Watch>(table, watchKey(watch.service), (old) => {
    if (!old) return watch;
    if (old.rolloutId === watch.rolloutId && !isLater(watch.attempt, old.attempt)) return old;
    sweep =
      old.rolloutId === watch.rolloutId &&
      old.phase === watch.phase &&
      old.twin === watch.twin &&
      old.twins[old.twin]?.deployment.id === watch.twins[watch.twin]?.deployment.id;
    const { seenRunning, ecsCalls, awaySinceMs, standstill } = sweep ? old : watch;
    const sameProbe =
      isProbing(old) && isProbing(watch) && old.rolloutId === watch.rolloutId && old.twin === watch.twin;
    const probe = sameProbe ? old.probe : undefined;
    const kept = {
      ...(probe && { probe }),
      ...(awaySinceMs !== undefined && { awaySinceMs }),
      ...(standstill && { standstill }),
    };
    return { ...watch, failures: keptFailures(old, watch), seenRunning, ecsCalls, ...kept };
  });
  return { stored: stored ?? watch, sweep };
};

export const readWatch = async (table: TableClient, service: string): Promise<Watch | undefined> =>
  (await readItem<Watch>(table, watchKey(service)))?.item;

/** Changes a watch, if it still is the one that waits with this token. */
export const changeWatch = (
  table: TableClient,
  watch: Watch,
  change: (watch: Watch) => Watch,
): Promise<Watch | undefined> =>
  changeItem<Watch>(table, watchKey(watch.service), (now) => (now?.token === watch.token ? change(now) : now));

/** Notes failed tasks of a deployment, if it still is watched. */
export const noteFailures = (
  table: TableClient,
  service: string,
  twin: string,
  deploymentId: string,
  failures: Readonly<Record<string, TaskFailure>>,
): Promise<Watch | undefined> =>
  changeItem<Watch>(table, watchKey(service), (watch) => {
    if (watch?.twins[twin]?.deployment.id !== deploymentId) return watch;
    const known = watch.failures[twin] ?? {};
    const news = Object.keys(failures).filter((id) => !(id in known));
    return news.length === 0 ? watch : { ...watch, failures: { ...watch.failures, [twin]: { ...known, ...failures } } };
  });

/** How the newest deployment of a twin ended, for a wait that begins after its end was told. */
export interface News {
  readonly deploymentId: string;
  readonly kind: 'completed' | 'trouble';
}

export const noteNews = async (table: TableClient, twin: string, news: News): Promise<void> => {
  await changeItem<News>(table, newsKey(twin), () => news);
};

export const readNews = async (table: TableClient, twin: string): Promise<News | undefined> =>
  (await readItem<News>(table, newsKey(twin)))?.item;

/**
 * Ends the waiting state, and forgets it: a repeated event must not cost a call of ECS. A probe is remembered until it is
 * stopped.
 */
export const endWatch = async (
  clients: Pick<WatchClients, 'sfn' | 'table'>,
  watch: Watch,
  end: Judgement | { readonly kind: 'superseded'; readonly failure: Failure },
): Promise<void> => {
  await endTask(clients.sfn, watch.token, { ...end, ecsCalls: watch.ecsCalls } satisfies WatchEnd);
  const key = watchKey(watch.service);
  const read = await readItem<Watch>(clients.table, key);
  if (read?.item.token === watch.token && !isProbing(watch)) await deleteItem(clients.table, key, read);
};

/** Tells what ends a wait, and ends it; in this order, so that whoever repeats it after a crash tells it too. */
export const concludeWatch = async (
  clients: Pick<WatchClients, 'sfn' | 'table'>,
  watch: Watch,
  end: Exclude<Judgement, { kind: 'wait' }>,
  { atMs, source }: Seen,
): Promise<void> => {
  const { service, rolloutId, phase, twins } = watch;
  const twin = end.kind === 'failed' && end.failure.kind === 'twin' ? end.failure.twin : watch.twin;
  const of = { rolloutId, phase, twin, deployment: twins[twin]?.deployment.id ?? '' };
  await appendHistory(clients.table, service, [waitLine(of, end, source, new Date(atMs).toISOString())]);
  await endWatch(clients, watch, end);
};

export const limitsOf = (watch: Watch, { taskDefinition, deployment, overtaken }: WatchedTwin): TwinLimits => ({
  taskDefinition,
  deployment,
  overtaken,
  failedTasksMax: watch.failedTasksMax,
  deadlineMs: watch.deadlineMs,
  failFast: !isBack(watch),
});

/** What a look at a twin knows so far of its site. */
interface SiteLook {
  readonly away: boolean;
  readonly standstill?: Watch['standstill'];
  readonly leftOver?: Unreachable;
}

/**
 * Reads a watched twin once, judges, and ends the waiting state when there is an end to tell. The stopped tasks are read
 * only when ECS hints at some, has started more than it was to, or at the deadline. Where a sweep finds that no more
 * tasks run than at the last one, it is also asked whether the site of a twin on premises answers: the first time at
 * once, then by every other sweep instead of the twin, so that a sweep of tasks that are slow takes one call.
 */
export const lookAtTwin = async (
  clients: WatchClients,
  watch: Watch,
  twin: string,
  nowMs: number,
  sweep: boolean,
): Promise<Judgement> => {
  const watched = watch.twins[twin];
  if (!watched) return { kind: 'wait', reason: `${twin} is not watched` };
  const ecs = countCalls(clients.ecs);
  const isLate = nowMs >= watch.deadlineMs;
  const asksSiteOnly = sweep && !isLate && watch.standstill?.next === 'site';
  if (asksSiteOnly && (await listAnswering(ecs, watch.standstill.machines)).length > 0) {
    const { machines } = watch.standstill;
    await changeWatch(clients.table, watch, (now) => ({
      ...now,
      ecsCalls: watch.ecsCalls + ecs.calls(),
      standstill: { machines, next: 'twin' },
    }));
    return { kind: 'wait', reason: `A machine of the site of ${twin} answers` };
  }
  const limits = limitsOf(watch, watched);
  const observed = (await describeTwins(ecs, [twin])).get(twin);
  const primary = observed?.primary;
  const running = primary?.id === watched.deployment.id ? primary.running : 0;
  let failures = watch.failures[twin] ?? {};
  const takenBack = observed && givesUp(observed, watched.deployment.id) !== undefined;
  const hint = primary !== undefined && (primary.state === 'failed' || primary.failedTasks > 0 || takenBack === true);
  const stalled = primary?.state === 'in-progress' && (isLate || (sweep && running <= watch.seenRunning));
  if (hint || (observed && stalled && (isLate || startedMore(observed)))) {
    const found = await readFailures(ecs, twin, watched.deployment.id);
    await noteFailures(clients.table, watch.service, twin, watched.deployment.id, found);
    failures = { ...failures, ...found };
  }
  const judged = judgeTwin(twin, observed, Object.values(failures), limits, nowMs);
  // On the way back the answer also says whether it is worth being walked again.
  const endsBadly = isBack(watch) && (judged.kind === 'failed' || judged.kind === 'again');
  const asksSite = observed && watched.external && twin === watch.twin && (stalled || (sweep && hint) || endsBadly);
  const isOnlySlow = stalled && !isLate && !hint && !endsBadly && !asksSiteOnly && watch.awaySinceMs === undefined;
  const { away, standstill, leftOver } = asksSite
    ? await lookAtSite(ecs, observed, watched, isOnlySlow, watch)
    : { away: false };
  const awaySinceMs = away ? (watch.awaySinceMs ?? nowMs) : undefined;
  const isReturned = isBack(watch) && watch.awaySinceMs !== undefined && !away;
  const judgement = leftOver
    ? judgeUnreachable(twin, judged, leftOver)
    : isReturned
      ? judgeReturn(twin, judged)
      : judgeLoss(twin, judged, awaySinceMs, watch.lostAfterSeconds, nowMs);
  const ecsCalls = watch.ecsCalls + ecs.calls();
  // Of a twin that has arrived before, only what goes wrong is news; also while its probe is waited for.
  const awaited = twin === watch.twin && !isProbing(watch);
  const ends = judgement.kind === 'failed' || awaited;
  const source = sweep ? 'DescribeServices, at a sweep' : 'DescribeServices';
  if (judgement.kind !== 'wait' && ends)
    await concludeWatch(clients, { ...watch, ecsCalls }, judgement, { atMs: nowMs, source });
  else
    await changeWatch(clients.table, watch, ({ awaySinceMs: before, standstill: last, ...now }) => {
      const since = asksSite ? awaySinceMs : before;
      const still = asksSite ? standstill : last;
      return {
        ...now,
        ecsCalls,
        seenRunning: sweep ? running : now.seenRunning,
        ...(since !== undefined && { awaySinceMs: since }),
        ...(still && { standstill: still }),
      };
    });
  return judgement;
};

/** Whether ECS has started more tasks of the primary deployment than there are to be: some have stopped. */
const startedMore = ({ starts, primary, desiredCount }: DescribedTwin): boolean =>
  countOf(starts.filter(({ atMs }) => atMs >= (primary?.createdAtMs ?? 0))) > desiredCount;

const lookAtSite = async (
  ecs: ClusterClient,
  observed: DescribedTwin,
  { deployment }: Pick<WatchedTwin, 'deployment'>,
  isOnlySlow: boolean,
  { standstill }: Pick<Watch, 'standstill'>,
): Promise<SiteLook> => {
  const machines = machinesOf(observed);
  const onlyStops = awaitsOnlyStops(observed, deployment.id);
  if (!onlyStops && !isOnlySlow) return { away: isAway(await readMachines(ecs, observed)) };
  const answering = standstill && !onlyStops ? undefined : await listAnswering(ecs, machines);
  if (answering?.length === 0) return { away: isAway(await readMachines(ecs, observed)) };
  const leftOver = onlyStops ? await readUnreachable(ecs, observed.twin, answering ?? []) : undefined;
  return {
    away: false,
    ...(isOnlySlow && { standstill: { machines, next: 'site' as const } }),
    ...(leftOver && { leftOver }),
  };
};
