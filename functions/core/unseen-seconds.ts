import { paidSecondsMin } from './aws-prices.ts';
import { lateReadMs } from './late-read.ts';
import type { TaskStarts, TaskStops } from './observed-burst.ts';

/** Fargate tasks beyond the base by when each was asked for, oldest first. */
export type TasksByAge = readonly TaskStarts[];

/** Fargate bills from the start of the pull, about this long after a task was asked for. */
export const unpaidSeconds = 10;
/** A task that is told to stop is billed until it has stopped, and ECS counts it no more. */
export const leavingSeconds = 10;

/** ECS starts a task about so long after it was asked for, at most, where nothing is in the way. */
const promptMs = 5_000;

const paidMs = (unpaidSeconds + paidSecondsMin) * 1_000;

export const countOf = (tasks: TasksByAge): number => tasks.reduce((all, each) => all + each.tasks, 0);

/** What is told of several tasks, once for each of them. */
const oneByOne = <Told extends TaskStarts>(many: readonly Told[]): readonly Told[] =>
  many.flatMap((told) => Array<Told>(told.tasks).fill(told));

/** When each of them was asked for. */
const eachOf = (tasks: TasksByAge): readonly number[] => oneByOne(tasks).map(({ atMs }) => atMs);

/** Neighbours of one time in one. */
const joined = (tasks: TasksByAge): TasksByAge => {
  const found: TaskStarts[] = [];
  for (const each of tasks) {
    const last = found.at(-1);
    if (last?.atMs === each.atMs) found[found.length - 1] = { atMs: each.atMs, tasks: last.tasks + each.tasks };
    else found.push(each);
  }
  return found;
};

/** The newest `count` tasks: ECS takes those that have not started, and the newest, away first. */
export const newest = (tasks: TasksByAge, count: number): TasksByAge => {
  const found: TaskStarts[] = [];
  let left = count;
  for (const { atMs, tasks: all } of tasks.toReversed()) {
    if (left <= 0) break;
    found.unshift({ atMs, tasks: Math.min(left, all) });
    left -= all;
  }
  return found;
};

export const withoutNewest = (tasks: TasksByAge, count: number): TasksByAge => {
  const kept: TaskStarts[] = [];
  let left = countOf(tasks) - count;
  for (const { atMs, tasks: all } of tasks) {
    if (left <= 0) break;
    kept.push({ atMs, tasks: Math.min(left, all) });
    left -= all;
  }
  return kept;
};

/** A task that ECS counts no more: when it was asked for, and when it was started and told to stop, as far as ECS says so. */
interface Gone {
  readonly atMs: number;
  readonly startedMs?: number | undefined;
  readonly stopMs?: number;
  /** It ended by itself, which none does before its pull, and not after this. */
  readonly diedUntilMs?: number;
}

/** Counted for longer than until its stop, as by a late read, it has been counted for too long: that is taken off again. */
const secondsAfter = ({ atMs, startedMs = atMs, stopMs, diedUntilMs }: Gone, goneMs: number): number => {
  const toldMs = stopMs ?? goneMs;
  const seconds = Math.max(0, toldMs - atMs) / 1_000;
  const isPulled = (diedUntilMs ?? toldMs) - startedMs >= 1_000 * unpaidSeconds;
  const left = isPulled ? Math.max(leavingSeconds, paidMs / 1_000 - seconds) : unpaidSeconds - seconds;
  return left + (toldMs - goneMs) / 1_000;
};

/**
 * Seconds that these tasks are billed after `goneMs`, when ECS stopped counting them: their stop, and what is left of the first
 * minute. One that went before its pull is not billed; it makes up the seconds that are taken off for each start.
 */
export const billedAfter = (gone: TasksByAge, goneMs: number): number =>
  eachOf(gone).reduce((sum, atMs) => sum + secondsAfter({ atMs }, goneMs), 0);

/** Which of these tasks was told to stop: the one that ECS started then, or else the first that was asked for before. */
const placeOf = (tasks: readonly number[], { atMs: stopMs, startedMs }: TaskStops): number => {
  if (startedMs === undefined) return tasks.findIndex((atMs) => atMs <= stopMs);
  return tasks.indexOf(Math.max(...tasks.filter((atMs) => atMs <= startedMs && startedMs - atMs <= lateReadMs)));
};

/**
 * Those of these tasks that ECS told to stop, the last ones that it told, then the oldest of those that were `leaving` already, and
 * beyond them the newest, but first those that a rollout replaces: `count` in all.
 */
const leave = (
  tasks: TasksByAge,
  count: number,
  stops: readonly TaskStops[],
  leaving: number,
  deploymentMs: number,
): { readonly gone: readonly Gone[]; readonly stayed: TasksByAge } => {
  const newestFirst = eachOf(tasks).toReversed();
  const left = [
    ...newestFirst.filter((atMs) => atMs < deploymentMs),
    ...newestFirst.filter((atMs) => atMs >= deploymentMs),
  ];
  const gone: Gone[] = [];
  for (const stop of stops.toReversed()) {
    const place = placeOf(left, stop);
    if (place < 0 || gone.length >= count) continue;
    const [atMs = stop.atMs] = left.splice(place, 1);
    gone.push({ atMs, startedMs: stop.startedMs, stopMs: stop.atMs });
  }
  // They had worked when AWS took them back, and what came in their place is younger.
  const oldest = left.splice(Math.max(0, left.length - Math.min(leaving, count - gone.length)));
  gone.push(...oldest.toReversed().map((atMs) => ({ atMs })));
  gone.push(...left.splice(0, Math.max(0, count - gone.length)).map((atMs) => ({ atMs })));
  return { gone, stayed: joined(left.toSorted((a, b) => a - b).map((atMs) => ({ atMs, tasks: 1 }))) };
};

/** A task that ECS said that it started, and that it told to stop again. */
interface Ended {
  readonly atMs: number;
  readonly stopMs: number;
}

/** The starts by whether ECS has told that very task to stop, and the stops of other tasks. */
const pairStops = (
  starts: TasksByAge,
  stops: readonly TaskStops[],
): { readonly alive: TasksByAge; readonly ended: readonly Ended[]; readonly others: readonly TaskStops[] } => {
  const others = [...oneByOne(stops)];
  const alive: TaskStarts[] = [];
  const ended: Ended[] = [];
  for (const atMs of eachOf(starts)) {
    const place = others.findIndex(({ startedMs }) => startedMs === atMs);
    const [stop] = place < 0 ? [] : others.splice(place, 1);
    if (stop) ended.push({ atMs, stopMs: stop.atMs });
    else alive.push({ atMs, tasks: 1 });
  }
  return { alive, ended, others };
};

/** Starts without those of tasks that are counted already: ECS may count a task before it tells of its start. */
const ofOthers = (starts: TasksByAge, counted: TasksByAge, sinceMs: number): TasksByAge => {
  const left = [...eachOf(counted)];
  return oneByOne(starts)
    .filter(({ atMs: startedMs }) => {
      const place =
        startedMs > sinceMs ? -1 : left.findIndex((atMs) => atMs <= startedMs && startedMs - atMs <= promptMs);
      if (place >= 0) left.splice(place, 1);
      return place < 0;
    })
    .map(({ atMs }) => ({ atMs, tasks: 1 }));
};

/**
 * What AWS bills beyond what the counts of ECS show: the stops of tasks that went since they were counted last, what is left
 * of their first minute, and the same minute of tasks that ECS replaced meanwhile, which the counts do not show at all. Nor do
 * they show what ECS started and what is gone again: half of the time since is the nearest, and a minute of each the least.
 *
 * @param before the tasks that were counted before, beyond the base
 * @param now how many are counted now, how many were to stay of those before, when those that are missing were asked for, and
 *   what ECS says that it started and stopped, of whichever deployment, the newest start that it had told of before, and when its
 *   primary deployment began: tasks of older ones go first
 * @param sinceMs when they were counted before
 * @param countedMs up to when those that went are counted in any case
 */
export const seeUnseen = (
  before: TasksByAge,
  now: {
    readonly tasks: number;
    /** Left out: no more than are counted. */
    readonly wanted?: number | undefined;
    readonly asked: TasksByAge;
    readonly starts: TasksByAge;
    /** Left out: none that is older than `sinceMs` is news. */
    readonly toldMs?: number | undefined;
    readonly stops?: readonly TaskStops[] | undefined;
    /** Tasks on Spot that AWS had taken back before `sinceMs`, and that were at work still. Left out: none. */
    readonly leaving?: number | undefined;
    readonly deploymentMs?: number | undefined;
  },
  sinceMs: number,
  countedMs: number,
  nowMs: number,
): {
  readonly present: TasksByAge;
  /** Tasks that came since, as ECS says when. */
  readonly arrived: TasksByAge;
  /** How many started that are counted from when they were asked for: none of them is billed before its pull. */
  readonly starts: number;
  /** How many came and went. */
  readonly passed: number;
  readonly seconds: number;
} => {
  const known = countOf(before);
  const came = Math.max(0, now.tasks - known);
  const toldMs = now.toldMs ?? sinceMs;
  // ECS tells the newest first.
  const started = now.starts.toSorted((a, b) => a.atMs - b.atMs);
  // What the last look did not show, which may have been a late read.
  const news = ofOthers(
    started.filter(({ atMs }) => atMs > toldMs),
    before,
    sinceMs,
  );
  // Where the last look was a late read, they were told to go before it.
  const stops = (now.stops ?? []).filter(({ atMs }) => atMs > sinceMs - lateReadMs).toSorted((a, b) => a.atMs - b.atMs);
  const { alive, ended, others } = pairStops(news, stops);
  // ECS starts a task that died again by itself.
  const again = newest(alive, Math.min(known, now.tasks, countOf(alive) - came));
  const missing = Math.max(0, known - now.tasks);
  const { gone, stayed } = leave(
    before,
    missing + countOf(again),
    others,
    now.leaving ?? 0,
    now.deploymentMs ?? Number.NEGATIVE_INFINITY,
  );
  const died = eachOf(again).toReversed();
  const replaced = gone.slice(missing).reduce((sum, each, index) => {
    const stopMs = each.stopMs ?? died[index] ?? nowMs;
    return sum + secondsAfter({ ...each, stopMs }, stopMs);
  }, 0);
  // Those that were asked for long ago may have come, gone between two looks and come again: ECS says when.
  const toldBefore = started.filter(({ atMs }) => atMs <= toldMs);
  const told = eachOf(newest(withoutNewest([...toldBefore, ...alive], countOf(again)), came)).toReversed();
  const arrivals = eachOf(newest([...now.asked, { atMs: nowMs, tasks: came - countOf(newest(now.asked, came)) }], came))
    .toReversed()
    .map((askedMs, index) => {
      const startedMs = told[index];
      if (startedMs === undefined) return { atMs: askedMs, hiddenMs: 0 };
      // The last look may have been a late read, which did not show them, and asked for them again.
      const isHidden = startedMs <= sinceMs && startedMs > toldMs;
      const atMs = (isHidden && startedMs < askedMs) || startedMs - askedMs > promptMs ? startedMs : askedMs;
      return { atMs, hiddenMs: isHidden ? Math.max(0, sinceMs - atMs) : 0 };
    })
    .toReversed();
  const hiddenMs = arrivals.reduce((sum, each) => sum + each.hiddenMs, 0);
  const present = joined([...stayed, ...again, ...arrivals.map(({ atMs }) => ({ atMs, tasks: 1 }))]);
  const arrived = joined(
    newest(withoutNewest(alive, countOf(again)), came).map((each) => ({ ...each, atMs: Math.max(sinceMs, each.atMs) })),
  );
  // A task of the base that ECS starts again is none of them.
  const ofBurst = known + countOf(now.asked) > 0;
  const cameAndWent = ofBurst ? withoutNewest(alive, countOf(again) + came) : [];
  // Of those that it told to stop ECS says how long they lived.
  const lived = [
    ...ended.map(({ atMs, stopMs }) => (stopMs - atMs) / 1_000).filter((seconds) => seconds >= unpaidSeconds),
    ...eachOf(cameAndWent).map((atMs) => (nowMs - atMs) / 2_000),
  ];
  const passedSeconds = lived.reduce((sum, seconds) => sum + Math.max(paidSecondsMin, seconds), 0);
  // Whom ECS did not tell to stop, and nobody gave back, ended by itself.
  const stopped = gone.filter(({ stopMs }) => stopMs !== undefined).length;
  const givenBack = Math.max(0, known - (now.wanted ?? now.tasks));
  const diedAlone = missing - Math.max(stopped, givenBack);
  const seconds =
    gone
      .slice(0, missing)
      .reduce(
        (sum, each, index) =>
          sum + secondsAfter(index >= missing - diedAlone ? { ...each, diedUntilMs: nowMs } : each, countedMs),
        0,
      ) +
    replaced +
    passedSeconds +
    hiddenMs / 1_000;
  return { present, arrived, starts: came + countOf(again), passed: ended.length + countOf(cameAndWent), seconds };
};
