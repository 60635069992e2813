import { describe, expect, it } from 'vitest';
import { awsPrices, spotTaskHourUsd, taskHourUsd } from './aws-prices.ts';
import { effectiveCap, spend } from './burst-caps.ts';
import { allUsd, closeLedger, newerMemory, payUntil } from './burst-ledger.ts';
import { compareBurst } from './compare-burst.ts';
import { allDelays, foldDelays, latenessOf } from './count-delays.ts';
import { countPickUps } from './count-pick-ups.ts';
import { estimateService } from './estimate-service.ts';
import { isUnderstated, judgeCounts, rateByHeads, shifted } from './estimate-staleness.ts';
import { believedLag, plannedLag, secondsToReady, seeStart, withOverdue } from './estimate-start-lag.ts';
import { type AddedWork, seeCrashLoop, seeFire, seeGain, triedAtMost } from './judge-added-work.ts';
import type { BurstLimits, WorkerReport } from './observed-burst.ts';
import { isLive, readHead, risen, withCutOff } from './read-workers.ts';
import { type BurstMemory, type BurstPoint, freshMemory } from './state.ts';

const at = (seconds: number): number => Date.parse('2026-11-23T12:00:00Z') + seconds * 1_000;

/** A task of one slot that completed a message every `each` seconds from -60 s to 0, and so many before. */
const worker = (each: number, before = 0, more: Partial<WorkerReport> = {}): WorkerReport => ({
  task: 'a',
  capacity: 'external',
  slots: 1,
  startedMs: at(-60 - before * each),
  everySeconds: 10,
  stopping: false,
  points: [60, 0].map((ago) => ({
    atMs: at(-ago),
    pickUps: before + (60 - ago) / each,
    completions: before + (60 - ago) / each,
    failures: 0,
    busyMs: (before * each + 60 - ago) * 1_000,
    headSentMs: at(-ago - 30),
    headReceivedMs: at(-ago),
  })),
  ...more,
});
const many = (count: number, each: number, before = 0): WorkerReport[] =>
  Array.from({ length: count }, () => worker(each, before));

describe('the service time', () => {
  it('is what was believed until something is measured', () => {
    expect(estimateService([], 4, true).external).toMatchObject({ secondsPerMessage: 4 });
  });

  it.each([0.7, 1.3])('heals from a belief of %s times the truth within a minute of 20 tasks', (wrong) => {
    const { external } = estimateService(many(20, 4), 4 * wrong, true);
    expect(Math.abs(external.secondsPerMessage / 4 - 1)).toBeLessThan(0.01);
    expect(external.relativeError).toBeLessThan(0.05);
  });

  it('follows work that has changed, though a long life before says otherwise', () => {
    const { external } = estimateService(many(20, 8, 500), 4, true);
    expect(external.secondsPerMessage).toBeCloseTo(8, 0);
  });

  it('counts work under way, so that long messages are not left out', () => {
    const stuck = worker(4);
    const points = stuck.points.map((point) => ({ ...point, completions: 0 }));
    // 20 slots have worked for a minute without an end: 1,200 slot seconds for the 8 messages that the belief counts as.
    expect(estimateService(Array(20).fill({ ...stuck, points }), 4, true).external.secondsPerMessage).toBe(150);
  });

  it('counts the gaps between messages where a slot is hardly ever idle, and else where messages waited for sure', () => {
    const half = worker(4);
    const points = half.points.map(({ headSentMs: _sent, headReceivedMs: _received, ...point }, index) => ({
      ...point,
      busyMs: 30_000 * index,
    }));
    const { external } = estimateService(Array(20).fill({ ...half, points }), 4, true);
    expect(external.secondsPerMessage).toBeCloseTo((8 * 4 + 20 * 30) / 308, 6);
  });

  /** Slot seconds that a minute of so many messages counts as, of a task that began then; the newest point tells of its last message. */
  const slotSeconds = (
    messages: number,
    busySeconds: number,
    head: { readonly headSentMs?: number; readonly headReceivedMs?: number },
    { slots = 1, waiting = false, middle }: { slots?: number; waiting?: boolean; middle?: number } = {},
  ): number => {
    const point = (seconds: number, completions: number, busy: number) => ({
      atMs: at(seconds),
      pickUps: completions,
      completions,
      failures: 0,
      busyMs: 1_000 * busy,
    });
    const points = [
      { ...point(-60, 0, 0), headSentMs: at(-62), headReceivedMs: at(-60) },
      ...(middle === undefined ? [] : [{ ...point(-30, messages / 2, middle), ...head, headReceivedMs: at(-30) }]),
      { ...point(0, messages, busySeconds), ...head },
    ];
    const { external } = estimateService([worker(4, 0, { slots, startedMs: at(-60), points })], 4, waiting);
    return external.secondsPerMessage * (8 + messages) - 8 * 4;
  };
  const since = (sent: number, received = 0) => ({ headSentMs: at(sent), headReceivedMs: at(received) });

  it('of short messages counts each gap in which one waited: 750 of 0.05 s that take 0.03 s to receive', () => {
    // The last one waited for the whole minute, so nothing was idle, though only 37.5 s of it were work.
    for (const waiting of [true, false]) expect(slotSeconds(750, 37.5, since(-61), { waiting })).toBeCloseTo(60, 6);
    expect(slotSeconds(750, 37.5, since(-61, 5))).toBeCloseTo(60, 6);
    // It waited for all but the first ten seconds, all but the last ten, and for less than there was work: the rest may have been idle.
    expect(slotSeconds(750, 37.5, since(-50))).toBeCloseTo(50, 6);
    expect(slotSeconds(750, 37.5, since(-70, -10))).toBeCloseTo(50, 6);
    expect(slotSeconds(750, 37.5, since(-37))).toBeCloseTo(37.5, 6);
    expect(slotSeconds(750, 37.5, since(-70, -61))).toBeCloseTo(37.5, 6);
    // Each of two slots may have been free meanwhile.
    expect(slotSeconds(750, 37.5, since(-50), { slots: 2 })).toBeCloseTo(100, 6);
    // 31 s of work in 30 s, as clocks go, take no second of the other 30.
    expect(slotSeconds(750, 37.5, since(-61), { middle: 31 })).toBeCloseTo(37.5 + 23.5, 6);
    // Who does not tell which message it was tells of no gap.
    expect(slotSeconds(750, 37.5, {})).toBeCloseTo(37.5, 6);
    expect(slotSeconds(750, 37.5, { headSentMs: at(-61) })).toBeCloseTo(37.5, 6);
    expect(slotSeconds(750, 37.5, { headReceivedMs: at(0) })).toBeCloseTo(37.5, 6);
  });

  it('counts no idle time as a gap because one message came back to the queue with its old time', () => {
    // A slot that was free for 59 s got one of 1 s; between two there is a gap of up to a second, or up to the work of one.
    expect(slotSeconds(1, 1, since(-600))).toBeCloseTo(1, 6);
    expect(slotSeconds(2, 1, since(-600))).toBeCloseTo(1 + 1, 6);
    expect(slotSeconds(4, 8, since(-600))).toBeCloseTo(8 + 3 * 2, 6);
    expect(slotSeconds(0, 0, since(-600))).toBeCloseTo(0, 6);
  });

  it('on Fargate is taken from the premises until Fargate has its own', () => {
    expect(estimateService(many(20, 8), 4, true).fargate.secondsPerMessage).toBeCloseTo((8 * 4 + 20 * 8) / 28, 5);
  });
});

describe('the start lag', () => {
  it('is believed at first, with half a deviation on top', () => {
    expect(plannedLag(believedLag(40))).toBe(46);
  });

  it('is learned: 30 starts of 20 s outweigh a belief of 45 s', () => {
    let lag = believedLag(45);
    for (let start = 0; start < 30; start += 1) lag = seeStart(lag, 20);
    expect(lag.meanSeconds).toBeLessThan(23);
  });

  it('of a task that is overdue is not nothing', () => {
    expect(secondsToReady(believedLag(40), 10)).toBe(36);
    expect(secondsToReady(believedLag(40), 100)).toBe(10);
  });
});

describe('tasks that do not work yet', () => {
  it('change nothing until they are overdue', () => {
    expect(withOverdue(believedLag(40), [])).toEqual(believedLag(40));
    expect(withOverdue(believedLag(40), [10, 46, 46])).toEqual(believedLag(40));
  });

  it('that are overdue count as starts that take a quarter of the mean more from now', () => {
    expect(withOverdue(believedLag(40), [46, 46.1, 46.1])).toEqual(seeStart(seeStart(believedLag(40), 56.1), 56.1));
  });

  it('teach within two looks that starts take twice as long: 12 tasks were asked for a minute ago, and none works', () => {
    expect(plannedLag(withOverdue(believedLag(45), Array(12).fill(60)))).toBeGreaterThan(70);
  });
});

describe('how old the counts are', () => {
  /** 10 a second arrive, 5 are picked up, and each count is `behind` seconds old. The oldest waits half of the time. */
  const counts = (behind: number, looks = 24) =>
    Array.from({ length: looks }, (_, index) => {
      const seconds = index * 10;
      const then = Math.max(0, seconds - behind);
      return {
        atMs: at(seconds),
        visible: 5 * then,
        pickedUp: 5 * seconds,
        head: { sentMs: at(seconds / 2), receivedMs: at(seconds) },
      };
    });

  it('is nothing for fresh counts', () => {
    expect(judgeCounts(counts(0)).secondsBehind).toBe(0);
  });

  it('is found out from what was picked up later: 30 s', () => {
    expect(judgeCounts(counts(30)).secondsBehind).toBe(30);
  });

  it('is nothing where fresh counts would be off by less than 6 % on average, though an age explains them fully', () => {
    // Counts that are 10 s old lack 50 messages each: of the 34 that can be compared 2/33, of 35 2/34.
    expect(judgeCounts(counts(10, 69)).secondsBehind).toBe(10);
    const { secondsBehind, error } = judgeCounts(counts(10, 71));
    expect(secondsBehind).toBe(0);
    expect(error).toBeCloseTo(2 / 34, 9);
  });

  it('is nothing where no age explains the counts by half better', () => {
    // An age of 10 s is off by 4 s from 6 s, two thirds of what fresh counts are off by, and by 3 s from 7 s, less than half.
    expect(judgeCounts(counts(6)).secondsBehind).toBe(0);
    expect(judgeCounts(counts(7)).secondsBehind).toBe(10);
  });

  it('is not known as long as fewer than six counts can be compared', () => {
    // Of the counts up to 100 s those until 50 s tell of a time whose messages have all been picked up by now.
    expect(judgeCounts(counts(0).slice(0, 11)).secondsBehind).toBe(0);
    expect(judgeCounts(counts(0).slice(0, 10)).secondsBehind).toBeUndefined();
  });

  /** 20 messages waited 10 s ago, as far as counted, and `since` have been picked up since then, the last one sent `ago` s ago. */
  const twoLooks = (since: number, ago: number) => [
    { atMs: at(-10), visible: 20, pickedUp: 0 },
    { atMs: at(0), visible: 50, pickedUp: since, head: { sentMs: at(-ago), receivedMs: at(0) } },
  ];

  it('is too old when more than a fifth and ten messages beyond a count have been picked up of those that waited then', () => {
    expect(isUnderstated(twoLooks(34, 15))).toBe(false);
    expect(isUnderstated(twoLooks(35, 15))).toBe(true);
  });

  it('is not shown by messages that were sent after the count', () => {
    expect(isUnderstated(twoLooks(100, 10.1))).toBe(true);
    expect(isUnderstated(twoLooks(100, 10))).toBe(false);
  });

  it('is not shown where nobody knows which message was received last', () => {
    const [before, now] = twoLooks(100, 15);
    expect(isUnderstated([before as never, { ...now, head: undefined } as never])).toBe(false);
    expect(isUnderstated([])).toBe(false);
  });

  it('matters not for the rate at which messages came before the oldest one: 5 a second picked up, sent at half the pace', () => {
    expect(rateByHeads(counts(30), at(0))).toBe(10);
    expect(rateByHeads(counts(30), at(170))).toBe(10);
  });

  it('leaves no rate where the oldest message has moved by less than a second, or nobody tells of it', () => {
    const moved = (seconds: number) => [
      { atMs: at(0), visible: 0, pickedUp: 0, head: { sentMs: at(-20), receivedMs: at(0) } },
      { atMs: at(10), visible: 0, pickedUp: 50, head: { sentMs: at(-20 + seconds), receivedMs: at(10) } },
    ];
    expect(rateByHeads(moved(1), at(0))).toBe(50);
    expect(rateByHeads(moved(0.9), at(0))).toBeUndefined();
    expect(rateByHeads(moved(1), at(1))).toBeUndefined();
    expect(rateByHeads([], at(0))).toBeUndefined();
    // Received before the first look, or by a clock that is ahead: how much was picked up by then is not known.
    const [one, two] = moved(5);
    const received = (count: typeof one, seconds: number) =>
      ({ ...count, head: { ...count?.head, receivedMs: at(seconds) } }) as NonNullable<typeof one>;
    expect(rateByHeads([received(one, -1), received(two, 10)], at(0))).toBeUndefined();
    expect(rateByHeads([received(one, 0), received(two, 11)], at(0))).toBeUndefined();
  });

  it('is found out without messages that came back to the queue with their old time', () => {
    const given = counts(30);
    const other = (head: { sentMs: number; receivedMs: number } | undefined) =>
      judgeCounts(given.map((count, index) => (index === 20 ? { ...count, head } : count)));
    expect(other({ sentMs: at(40), receivedMs: at(200) })).toEqual(other(undefined));
    expect(other({ sentMs: at(101), receivedMs: at(150) })).toEqual(other(undefined));
  });

  it('moves each count to the time that it tells of', () => {
    expect(shifted(counts(0), 30).at(-1)).toEqual({ atMs: at(200), visible: 1_150, pickedUp: 1_000 });
    // The first three tell of a time before all counts.
    expect(shifted(counts(0), 30)).toHaveLength(21);
  });
});

describe('a task', () => {
  it('works until it has missed two reports and a few seconds', () => {
    expect([isLive(worker(4), at(30)), isLive(worker(4), at(30.1))]).toEqual([true, false]);
  });

  /** So many tasks whose newest report is so old at 0 s. */
  const reported = (count: number, ago: number, more: Partial<WorkerReport> = {}): WorkerReport[] =>
    Array.from({ length: count }, () => {
      const { points } = worker(4);
      return worker(4, 0, { points: points.map((point) => ({ ...point, atMs: point.atMs - 1_000 * ago })), ...more });
    });
  const cutOff = (...parts: readonly (readonly WorkerReport[])[]): number =>
    withCutOff(parts.flat(), at(0)).filter((each) => each.cutOff && !isLive(each, at(0))).length;

  it('is gone with others on premises that miss one report at the same time as it does', () => {
    expect(cutOff(reported(13, 9), reported(7, 15.1))).toBe(7);
    expect(cutOff(reported(13, 9), reported(7, 15))).toBe(0);
    // Those that report more seldom are not missed so soon.
    expect(cutOff(reported(13, 9), reported(7, 15.1, { everySeconds: 60 }))).toBe(0);
    expect(cutOff(reported(13, 9), reported(7, 65.1, { everySeconds: 60 }))).toBe(7);
  });

  it('is not gone where fewer than three, or a fifth of those that work, miss one: reports are lost by chance', () => {
    expect(cutOff(reported(3, 0), reported(2, 16))).toBe(0);
    expect(cutOff(reported(3, 0), reported(3, 16))).toBe(3);
    expect(cutOff(reported(12, 0), reported(3, 16))).toBe(3);
    expect(cutOff(reported(13, 0), reported(3, 16))).toBe(0);
    // What is gone already, or stops, counts neither way.
    expect(cutOff(reported(12, 0), reported(3, 16), reported(9, 31))).toBe(3);
    expect(cutOff(reported(12, 0), reported(2, 16), reported(9, 31), reported(9, 16, { stopping: true }))).toBe(0);
  });

  it('is not gone where nobody reports in time: it may be the reporting that fails', () => {
    expect(cutOff(reported(20, 16))).toBe(0);
    expect(cutOff(reported(20, 16), reported(4, 16, { capacity: 'fargate' }))).toBe(0);
    expect(cutOff(reported(20, 16), reported(4, 31, { capacity: 'fargate' }))).toBe(0);
    expect(cutOff(reported(20, 16), reported(4, 9, { capacity: 'fargate' }))).toBe(20);
  });

  it('in Fargate is on no machine with others, and waited for', () => {
    expect(cutOff(reported(20, 0), reported(10, 16, { capacity: 'fargate' }))).toBe(0);
    expect(cutOff(reported(20, 0), reported(2, 16), reported(10, 16, { capacity: 'fargate' }))).toBe(0);
  });

  it('that is told to stop picks up nothing more', () => {
    expect(isLive(worker(4, 0, { stopping: true }), at(1))).toBe(false);
  });

  it('that never told of itself does not work', () => {
    expect(isLive(worker(4, 0, { points: [] }), at(1))).toBe(false);
  });

  it('goes on as it did after its last report, and a silent one does not', () => {
    const counter = { read: ({ pickUps }: { pickUps: number }) => pickUps, pacePerSlot: undefined };
    expect(risen([worker(4)], counter, at(-20), at(20), at(20))).toBe(10);
    expect(risen([worker(4)], counter, at(-20), at(40), at(40))).toBe(5);
  });

  it('has work without a pause where messages wait, whatever it did before they came', () => {
    const counter = { read: ({ pickUps }: { pickUps: number }) => pickUps, pacePerSlot: 0.5 };
    expect(risen([worker(4)], counter, at(0), at(20), at(20))).toBe(10);
  });

  it('whose message came back with its old time does not say how old the others are', () => {
    const old = worker(4);
    const points = old.points.map((point) => ({ ...point, headSentMs: at(-900) }));
    expect(readHead([worker(4), { ...old, points }, worker(4)], at(0))?.sentMs).toBe(at(-30));
  });
});

describe('the cap', () => {
  const limits = { fargateBase: 0, fargateCaps: { configuration: 50 }, fargateHourlyUsd: 0.036 } as BurstLimits;
  const fresh = spend(undefined, 0, at(0));

  it('is the least of all, by name', () => {
    expect(effectiveCap(limits, fresh, 100)).toEqual({ tasks: 50, because: 'fargate.maxTasks' });
    const both = { ...limits, fargateCaps: { configuration: 50, vcpuQuota: 12, subnetAddresses: 11 } };
    expect(effectiveCap(both, fresh, 100)).toEqual({
      tasks: 11,
      because: 'the number of free addresses in its subnets',
    });
  });

  it('lets no more tasks run than what is left can pay for 100 s: $0.001 each', () => {
    const budget = { ...limits, hourlyUsdMax: 1 };
    expect(effectiveCap(budget, { ...fresh, hourUsd: 0.9801 }, 100)).toEqual({
      tasks: 19,
      because: 'the hourly budget ($0.02 of $1.00 left)',
    });
    expect(effectiveCap(budget, { ...fresh, hourUsd: 1 }, 100).tasks).toBe(0);
    expect(effectiveCap({ ...limits, dailyUsdMax: 1 }, { ...fresh, dayUsd: 1.5 }, 100).tasks).toBe(0);
  });

  it('lets no more run than what is left can pay for of what a rollout may run of them, the base included', () => {
    const most = (leftUsd: number, percent: number | undefined, fargateBase = 0) =>
      effectiveCap(
        {
          ...{ ...limits, fargateBase, hourlyUsdMax: 1 },
          ...(percent !== undefined && { fargateMaximumPercent: percent }),
        },
        { ...fresh, hourUsd: 1 - leftUsd },
        100,
      );
    const tasks = (...of: Parameters<typeof most>) => most(...of).tasks;
    // $0.001 each: four of which a rollout may run eight.
    expect([tasks(0.0079, 200), tasks(0.0081, 200), tasks(0.0081, 100), tasks(0.0081, undefined)]).toEqual([
      3, 4, 8, 8,
    ]);
    expect([tasks(0.0059, 150), tasks(0.0061, 150), tasks(0.0071, 150)]).toEqual([3, 4, 4]);
    // Of a base of two and two beyond it a rollout may run eight, of which six are beyond the base.
    expect([tasks(0.0059, 200, 2), tasks(0.0061, 200, 2)]).toEqual([3, 4]);
    expect([tasks(0, 200, 2), tasks(0.0061, 100, 2)]).toEqual([2, 8]);
    expect(most(0.0081, 200).because).toBe(
      'the hourly budget ($0.01 of $1.00 left, and a rollout may run 200 % of them)',
    );
    expect(most(0.0081, 101).because).toBe(
      'the hourly budget ($0.01 of $1.00 left, and a rollout may run 101 % of them)',
    );
    expect(most(0.0081, 100).because).toBe('the hourly budget ($0.01 of $1.00 left)');
  });

  it('never passes a budget, however long the burst is: what is spent at 10 s looks', () => {
    const budget = { ...limits, hourlyUsdMax: 0.1 };
    let spent = fresh;
    for (let look = 1; look < 359; look += 1) {
      const { tasks } = effectiveCap(budget, spent, 100);
      spent = spend(spent, (tasks * 10 * 0.036) / 3_600, at(look * 10));
    }
    expect(spent.hourUsd).toBeGreaterThan(0.09);
    expect(spent.hourUsd).toBeLessThanOrEqual(0.1);
  });

  it('starts anew with the clock hour and with the day', () => {
    const before = spend(undefined, 0.5, at(3_599));
    expect(spend(before, 0.1, at(3_600))).toMatchObject({ hourUsd: 0.1, dayUsd: 0.6 });
    expect(spend(before, 0.1, at(12 * 3_600))).toMatchObject({ hourUsd: 0.1, dayUsd: 0.1 });
  });
});

describe('whether more tasks would help', () => {
  const work: AddedWork = {
    nowMs: at(0),
    completed: 300,
    failed: 0,
    deadLettersAdded: 0,
    tasks: 20,
    perTask: 0.25,
    fargate: 0,
    waiting: true,
  };

  it('is no while at least half of the messages fail, and ten of them', () => {
    expect(seeFire({ ...work, completed: 300, failed: 299 })).toBeUndefined();
    expect(seeFire({ ...work, completed: 300, failed: 300 })).toContain('the failures explain the backlog');
    expect(seeFire({ ...work, completed: 0, failed: 9 })).toBeUndefined();
    expect(seeFire({ ...work, completed: 0, deadLettersAdded: 10 })).toBeDefined();
  });

  it('is no when half as many tasks again bring less than a quarter of what they should, once they had 75 s', () => {
    const { trial } = seeGain(work, undefined);
    const grown = { ...work, tasks: 30, fargate: 10 };
    const begun = seeGain({ ...grown, perTask: 0.18, nowMs: at(100) }, trial);
    expect(begun.held).toBeUndefined();
    expect(seeGain({ ...grown, perTask: 0.18, nowMs: at(174) }, begun.trial).held).toBeUndefined();
    // 20 tasks completed 5 a second; 30 should complete 7.5, and a quarter of the difference is 0.625.
    const held = seeGain({ ...grown, perTask: 5.62 / 30, nowMs: at(175) }, begun.trial);
    expect(held.held).toEqual({ untilMs: at(475), fargate: 0, kind: 'no-gain' });
    expect(seeGain({ ...grown, perTask: 5.63 / 30, nowMs: at(175) }, begun.trial).held).toBeUndefined();
  });

  it('is no when ECS started each task that does not work three times in 180 s', () => {
    const starts = (...each: readonly [seconds: number, tasks: number][]) =>
      each.map(([seconds, tasks]) => ({ atMs: at(seconds), tasks }));
    const thrice = starts([0, 4], [60, 4], [120, 4]);
    expect(seeCrashLoop(thrice, { overdue: 4, young: 0 }, 0, at(180))).toBe(
      'ECS has started 12 tasks in 180 s for 4 that do not work: they end as soon as they have started',
    );
    // The first of them is older.
    expect(seeCrashLoop(thrice, { overdue: 4, young: 0 }, 0, at(181))).toBeUndefined();
    expect(seeCrashLoop(starts([0, 4], [60, 4], [120, 3]), { overdue: 4, young: 0 }, 0, at(180))).toBeUndefined();
    // All of them work.
    expect(seeCrashLoop(thrice, { overdue: 0, young: 0 }, 0, at(180))).toBeUndefined();
    expect(seeCrashLoop([], { overdue: 4, young: 0 }, 0, at(180))).toBeUndefined();
    // One of them was asked for since.
    expect(seeCrashLoop(thrice, { overdue: 3, young: 3 }, 0, at(180))).toBeDefined();
    expect(seeCrashLoop(thrice, { overdue: 3, young: 4 }, 0, at(180))).toBeUndefined();
    // One of them began to work when the first were started, or the last.
    expect(seeCrashLoop(thrice, { overdue: 4, young: 0 }, at(0) - 1, at(180))).toBeDefined();
    expect(seeCrashLoop(thrice, { overdue: 4, young: 0 }, at(0), at(180))).toBeUndefined();
  });

  it('is doubted after that until half as many tasks again have brought their share', () => {
    const grown = { ...work, tasks: 30, fargate: 10, perTask: 0.18, nowMs: at(175) };
    const { trial } = seeGain(grown, { tasks: 20, fargate: 0, perTask: 0.25, reachedMs: at(100) });
    expect(trial).toEqual({ tasks: 30, fargate: 10, perTask: 0.18, doubted: true });
    const shrunk = seeGain({ ...work, nowMs: at(300) }, trial).trial;
    expect(shrunk).toEqual({ tasks: 20, fargate: 0, perTask: 0.25, doubted: true });
    const reached = shrunk && { ...shrunk, reachedMs: at(500) };
    expect(seeGain({ ...grown, perTask: 0.25, nowMs: at(575) }, reached).trial).toEqual({
      tasks: 30,
      fargate: 10,
      perTask: 0.25,
    });
  });

  it('is tried with half as many tasks again, rounded up, as long as it is doubted, and with any number otherwise', () => {
    expect(triedAtMost({ tasks: 21, fargate: 1, perTask: 0.25, doubted: true }, 20)).toBe(12);
    expect(triedAtMost({ tasks: 10, fargate: 0, perTask: 0.25, doubted: true }, 20)).toBe(0);
    expect(triedAtMost({ tasks: 21, fargate: 1, perTask: 0.25 }, 20)).toBe(Number.POSITIVE_INFINITY);
    expect(triedAtMost(undefined, 20)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is not judged from a few completions, nor while nothing waits', () => {
    const { trial } = seeGain(work, undefined);
    const grown = { ...work, tasks: 40, perTask: 0.01, nowMs: at(500) };
    const reached = trial && { ...trial, reachedMs: at(0) };
    expect(seeGain({ ...grown, completed: 59 }, reached).held).toBeUndefined();
    expect(seeGain({ ...grown, waiting: false }, reached).held).toBeUndefined();
    expect(seeGain(grown, reached).held).toBeDefined();
  });
});

describe('the delays of a burst', () => {
  const period = (fromSeconds: number, pickUps: number[]) => ({ fromMs: at(fromSeconds), pickUps, completions: [1] });

  it('are added once for each period that is over, from the period in which the burst began', () => {
    const begun = foldDelays(undefined, [period(-300, [9]), period(0, [1])], at(30));
    expect(begun.pickUps).toEqual([]);
    // Ninety seconds after its end nobody reports on a period any more.
    expect(foldDelays(begun, [period(0, [4])], at(389)).pickUps).toEqual([]);
    const folded = foldDelays(begun, [period(0, [5])], at(390));
    expect(folded.pickUps).toEqual([5]);
    expect(foldDelays(folded, [period(0, [5]), period(300, [7])], at(400)).pickUps).toEqual([5]);
    expect(allDelays(folded, [period(0, [5]), period(300, [7, 1])]).pickUps).toEqual([12, 1]);
    // In whichever order they are told.
    for (const periods of [
      [period(0, [5]), period(300, [7])],
      [period(300, [7]), period(0, [5])],
    ]) {
      expect(foldDelays(begun, periods, at(690)).pickUps).toEqual([12]);
      expect(allDelays(begun, periods).pickUps).toEqual([12]);
    }
  });

  it('are late beyond the deadline, which is itself in time', () => {
    // 0.25, 0.5, 0.75, 0.9, 1 of the deadline, and then 1.25.
    expect(latenessOf([10, 0, 0, 0, 980, 10], 120)).toEqual({ messages: 1_000, lateShare: 0.01, p99Seconds: 120 });
    for (const none of [[], [0, 0]])
      expect(latenessOf(none, 120)).toEqual({ messages: 0, lateShare: 0, p99Seconds: undefined });
  });
});

describe('the ledger', () => {
  it('says what of the Fargate seconds was paid, and what they were spent on', () => {
    const ledger = closeLedger(
      {
        ...freshMemory,
        looksInAll: 100,
        moves: 10,
        fargateStarts: 10,
        fargateTaskSeconds: 2_100,
        fargateIdleSeconds: 100,
        costUsd: 0.021,
        lag: { starts: 10, meanSeconds: 45, varianceSeconds2: 0 },
        delays: { untilMs: 0, pickUps: [99, 0, 0, 0, 0, 1], completions: [0, 0, 0, 0, 3, 1] },
      },
      120,
    );
    // Ten seconds of each start are not billed; 35 more pass until the task works.
    // Where no worker tells how long it worked, what is left is taken for used.
    expect(ledger.fargateSeconds).toEqual({ paid: 2_000, starting: 350, idle: 100, used: 1_550, afterStop: 0 });
    expect(ledger.usd).toEqual({ fargate: 0.02, controller: 0.013, logs: 0.000078, network: 0.000135 });
    expect(allUsd(ledger.usd)).toBeCloseTo(0.033213, 9);
    expect(ledger).not.toHaveProperty('comparison');
    expect(ledger.pickUps.lateShare).toBe(0.01);
    expect(ledger.completions).toEqual({ messages: 4, lateShare: 0.25, p99Seconds: 150 });
  });

  it('says what others would have spent on what arrived, and what logs and the network cost with the messages that Fargate took', () => {
    const lag = { starts: 10, meanSeconds: 20, varianceSeconds2: 0 };
    const memory = { ...freshMemory, fargateStarts: 10, fargateTaskSeconds: 10_200, costUsd: 0.1, lag };
    const points = Array.from(
      { length: 61 },
      (_, look): BurstPoint => [10_000 * look, 30 * look, 20 * look, 15, 4, 0, look === 60 ? 8 : 0],
    );
    const terms = {
      workSecondsPerMessage: 9,
      messagesPerTask: 1,
      startSeconds: 45,
      fargateBase: 0,
      fargateMax: 50,
      taskHourUsd: 0.036,
    };
    const ledger = closeLedger(memory, 120, points, terms);
    // Started as those of this burst did, not as believed.
    expect(ledger.comparison).toEqual(compareBurst(points, { ...terms, startSeconds: 20, deadlineSeconds: 120 }));
    // Of the last ten messages five by eight tasks in Fargate beside four and four on premises; four tasks saw late ones for 600 s.
    const without = closeLedger(memory, 120);
    const messages = points.map((point): BurstPoint => [point[0], 1e6 * point[1], 1e6 * point[2], 0, 4, 0, point[6]]);
    const many = closeLedger(memory, 120, messages);
    expect((ledger.usd.logs ?? 0) - (without.usd.logs ?? 0)).toBeCloseTo(0.0000486, 5);
    expect(ledger.usd.controller - without.usd.controller).toBeCloseTo(80 * 0.000_008_325, 5);
    expect((many.usd.network ?? 0) - (without.usd.network ?? 0)).toBeCloseTo(5e6 * 8_000 * 0.045e-9, 5);
    // Of 1,800 that the looks tell of the workers have counted 500, and 1,200 wait still.
    const counted = (untilMs: number, pickUps: readonly number[] = [300, 200], more: Partial<BurstMemory> = {}) => {
      const delays = { untilMs, pickUps, completions: [] };
      return closeLedger({ ...memory, ...more, delays }, 120, points, terms).comparison?.messages;
    };
    expect(counted(510_001)).toBe(1_700);
    // The last five minutes are not in it.
    expect(counted(510_000)).toBe(1_800);
    // Where nobody reports, that none was counted says nothing. Of workers that report it says that none was picked up.
    expect(counted(510_001, [])).toBe(1_800);
    expect(counted(510_001, [], { told: { atMs: 600_000, pickedUp: 600 } })).toBe(1_200);
    expect(closeLedger({ ...memory, lag: undefined }, 120, points, terms).comparison).toEqual(
      compareBurst(points, { ...terms, deadlineSeconds: 120 }),
    );
    // An address for an hour of each 3,600 s that are paid for.
    expect(closeLedger({ ...memory, publicAddresses: true }, 120, points, terms).usd.network).toBeCloseTo(0.014028, 6);
  });

  it('says what of it was on Spot, less the part of it that is not billed, where some may run there', () => {
    const memory = { ...freshMemory, fargateStarts: 10, fargateTaskSeconds: 1_000, costUsd: 0.01 };
    const spot = { seenMs: 0, takenBack: 3, takenBackTasks: [], taskSeconds: 600, usd: 0.004 };
    expect(closeLedger({ ...memory, spot }, 120).spot).toEqual({ paidSeconds: 540, usd: 0.0036, takenBack: 3 });
    expect(closeLedger({ ...freshMemory, spot: { ...spot, taskSeconds: 0, usd: 0 } }, 120).spot).toEqual({
      paidSeconds: 0,
      usd: 0,
      takenBack: 3,
    });
    expect(closeLedger(memory, 120)).not.toHaveProperty('spot');
  });

  it('is of nothing where no Fargate task was asked for and no worker told of delays', () => {
    const ledger = closeLedger({ ...freshMemory, looksInAll: 3 }, 120);
    expect(ledger.fargateSeconds).toEqual({ paid: 0, starting: 0, idle: 0, used: 0, afterStop: 0 });
    expect(ledger.usd.fargate).toBe(0);
    expect([ledger.pickUps, ledger.completions]).toEqual([
      { messages: 0, lateShare: 0, p99Seconds: undefined },
      { messages: 0, lateShare: 0, p99Seconds: undefined },
    ]);
  });

  it('counts no second twice: what is starting is not idle, and what is idle is not used', () => {
    const memory = { ...freshMemory, fargateStarts: 10, fargateTaskSeconds: 600, fargateIdleSeconds: 5_000 };
    const lag = { starts: 10, meanSeconds: 40, varianceSeconds2: 0 };
    expect(closeLedger({ ...memory, lag }, 120).fargateSeconds).toEqual({
      paid: 500,
      starting: 300,
      idle: 200,
      used: 0,
      afterStop: 0,
    });
    expect(closeLedger(memory, 120).fargateSeconds).toEqual({
      ...{ paid: 500, starting: 0, idle: 500, used: 0, afterStop: 0 },
    });
  });

  it('calls used only what the tasks tell that they worked, and names what was paid after their stop', () => {
    const memory = { ...freshMemory, fargateStarts: 10, fargateTaskSeconds: 600, fargateIdleSeconds: 100 };
    const lag = { starts: 10, meanSeconds: 20, varianceSeconds2: 0 };
    const parts = (seconds: number, more: Partial<BurstMemory> = {}) => {
      const fargateBusy = { atMs: at(0), toldSeconds: 0, seconds };
      const { paid, starting, used, idle, afterStop } = closeLedger(
        { ...memory, lag, fargateBusy, ...more },
        120,
      ).fargateSeconds;
      return [paid, starting, used, idle, afterStop];
    };
    expect(parts(220)).toEqual([500, 100, 220, 100, 80]);
    expect(parts(0)).toEqual([500, 100, 0, 100, 300]);
    // No second twice: none that was worked was idle.
    expect(parts(350)).toEqual([500, 100, 350, 50, 0]);
    expect(parts(450)).toEqual([500, 100, 400, 0, 0]);
    // Rounded so that they make the whole.
    expect(parts(220.4, { fargateIdleSeconds: 100.4, fargateTaskSeconds: 600.4 })).toEqual([500, 100, 220, 101, 79]);
  });

  it('counts what is paid after the last look of a burst that could not look any more', () => {
    const asked = [
      { atMs: at(0), tasks: 2 },
      { atMs: at(50), tasks: 1 },
    ];
    const memory = { ...freshMemory, lastLookMs: at(100), asked, fargateTaskSeconds: 200, costUsd: 2 };
    const spent = { atMs: at(100), hourUsd: 5, dayUsd: 7 };
    expect(payUntil({ ...memory, spent }, at(130))).toEqual({
      ...memory,
      lastLookMs: at(130),
      asked: [],
      present: [],
      // Three tasks for 30 s and for a stop of 10 s each.
      fargateTaskSeconds: 320,
      costUsd: 3.2,
      spent: { atMs: at(130), hourUsd: 6.2, dayUsd: 8.2 },
    });
    // A clock that is behind takes nothing back.
    expect(payUntil(memory, at(90)).fargateTaskSeconds).toBe(200 + 2 * 10 + 30);
    // The newest is paid for until 120.
    expect(payUntil(memory, at(101)).fargateTaskSeconds).toBe(200 + 3 + 20 + 19);
    // The seconds of Spot have the part in it that they had before.
    const spot = { seenMs: at(90), takenBack: 1, takenBackTasks: [], taskSeconds: 50, usd: 0.25 };
    expect(payUntil({ ...memory, spot }, at(130)).spot).toEqual({ ...spot, taskSeconds: 80, usd: 0.4 });
    expect(payUntil(memory, at(130))).not.toHaveProperty('spot');
    const none = { ...memory, asked: [] };
    expect(payUntil(none, at(130))).toBe(none);
  });

  it('prices on demand what was asked for at the only look that was remembered', () => {
    const asked = [{ atMs: at(100), tasks: 3 }];
    const first = {
      ...freshMemory,
      lastLookMs: at(100),
      asked,
      spot: { seenMs: 0, takenBack: 0, takenBackTasks: [], taskSeconds: 0, usd: 0 },
    };
    expect(payUntil({ ...first, taskHourUsd: 3.6 }, at(190))).toMatchObject({
      fargateTaskSeconds: 300,
      costUsd: 0.3,
      spent: { atMs: at(190), hourUsd: 0.3, dayUsd: 0.3 },
      spot: first.spot,
    });
    // As remembered by an earlier version.
    expect(payUntil(first, at(190)).costUsd).toBe(0);
  });

  it('is of the memory that looked last', () => {
    const looked = (seconds: number) => ({ ...freshMemory, lastLookMs: at(seconds) });
    const [early, late] = [looked(0), looked(1)];
    expect(newerMemory(early, late)).toBe(late);
    expect(newerMemory(late, early)).toBe(late);
    expect(newerMemory(early, { ...early })).toBe(early);
    expect(newerMemory(freshMemory, early)).toBe(early);
    expect(newerMemory(early, freshMemory)).toBe(early);
  });

  it('prices a task by its vCPU and its GiB', () => {
    expect(taskHourUsd({ cpuUnits: 1_024, memoryMiB: 2_048 })).toBeCloseTo(0.04048 + 2 * 0.004445, 10);
    expect(spotTaskHourUsd({ cpuUnits: 1_024, memoryMiB: 2_048 }, 0.7)).toBeCloseTo(0.3 * (0.04048 + 0.00889), 10);
    expect(taskHourUsd({ cpuUnits: 256, memoryMiB: 512 })).toBeCloseTo(
      awsPrices.fargateVcpuHour.usd / 4 + 0.0022225,
      10,
    );
    // By its own configuration where that says so, as for another Region.
    const burst = { prices: { vcpuHourUsd: 0.05, gibHourUsd: 0.006 } };
    expect(taskHourUsd({ cpuUnits: 512, memoryMiB: 3_072, burst })).toBeCloseTo(0.025 + 0.018, 10);
    expect(spotTaskHourUsd({ cpuUnits: 512, memoryMiB: 3_072, burst }, 0.5)).toBeCloseTo(0.0215, 10);
    expect(taskHourUsd({ cpuUnits: 1_024, memoryMiB: 1_024, burst: undefined })).toBeCloseTo(0.044925, 10);
  });
});

describe('what was picked up', () => {
  it('is counted anew for the looks after what every task has told of, and stays as it was up to there', () => {
    // 15 messages a minute; told until -30 s by then, and until now this time.
    const counts = [-40, -30, -20].map((seconds) => ({ atMs: at(seconds), visible: 100, pickedUp: 1 }));
    const memory = { counts, told: { atMs: at(-30), pickedUp: 7 } };
    expect(countPickUps(memory, [worker(4)], undefined, at(0))).toEqual({
      pickedUp: 14.5,
      counts: [
        { atMs: at(-40), visible: 100, pickedUp: 1 },
        { atMs: at(-30), visible: 100, pickedUp: 1 },
        { atMs: at(-20), visible: 100, pickedUp: 9.5 },
      ],
      told: { atMs: at(0), pickedUp: 14.5 },
    });
  });
});

describe('a budget', () => {
  const limits = { fargateBase: 2, fargateCaps: { configuration: 50 }, fargateHourlyUsd: 0.036 } as BurstLimits;

  it('pays for tasks beyond the base, of the hour and of the day, whichever is less', () => {
    const spent = { ...spend(undefined, 0, at(0)), hourUsd: 0.99, dayUsd: 1.98 };
    const of = (more: Partial<BurstLimits>) => effectiveCap({ ...limits, ...more } as BurstLimits, spent, 100);
    expect(of({ hourlyUsdMax: 1 })).toEqual({ tasks: 12, because: 'the hourly budget ($0.01 of $1.00 left)' });
    expect(of({ dailyUsdMax: 2 })).toEqual({ tasks: 22, because: 'the daily budget ($0.02 of $2.00 left)' });
    expect(of({ hourlyUsdMax: 1, dailyUsdMax: 2 }).because).toContain('hourly');
    // Of two that allow the same the first is named.
    expect(of({ hourlyUsdMax: 1, fargateCaps: { configuration: 12 } }).because).toBe('fargate.maxTasks');
    expect(of({ dailyUsdMax: 1.5 })).toEqual({ tasks: 2, because: 'the daily budget ($0.00 of $1.50 left)' });
  });
});

describe('the counters of workers', () => {
  const counter = { read: ({ pickUps }: { pickUps: number }) => pickUps, pacePerSlot: undefined };
  const told = (points: readonly [seconds: number, pickUps: number][], more: Partial<WorkerReport> = {}) =>
    worker(4, 0, {
      startedMs: at(-600),
      points: points.map(([seconds, pickUps]) => ({
        atMs: at(seconds),
        pickUps,
        completions: 0,
        failures: 0,
        busyMs: 0,
      })),
      ...more,
    });

  it('rise on a line between two points, and before the first one at the pace of all', () => {
    const steady = told([
      [-60, 100],
      [-30, 130],
      [0, 145],
    ]);
    expect(risen([steady], counter, at(-60), at(-45), at(0))).toBe(15);
    expect(risen([steady], counter, at(-30), at(-10), at(0))).toBe(10);
    // 45 in the last minute: 0.75 a second before it, too, and never less than nothing.
    expect(risen([steady], counter, at(-80), at(-60), at(0))).toBe(15);
    expect(risen([steady], counter, at(-599), at(-60), at(0))).toBe(100);
    expect(risen([steady], counter, at(-700), at(-60), at(0))).toBe(100);
  });

  it('go on at the pace of the newest points that are 15 s apart, whatever was before', () => {
    const onward = (...points: readonly [seconds: number, pickUps: number][]) =>
      risen([told(points)], counter, at(0), at(20), at(20));
    // A load that ended a minute ago.
    expect(onward([-120, 0], [-60, 300], [0, 300])).toBe(0);
    expect(onward([-60, 0], [-15, 30], [-14, 40], [0, 60])).toBeCloseTo(20 * 2, 9);
    expect(onward([-60, 0], [-14.9, 30], [-14, 40], [0, 60])).toBeCloseTo(20, 9);
  });

  it('go on at no pace where less than 15 s are known', () => {
    const over = (seconds: number) =>
      risen(
        [
          told([
            [-seconds, 0],
            [0, seconds],
          ]),
        ],
        counter,
        at(0),
        at(10),
        at(10),
      );
    expect(over(15)).toBe(10);
    expect(over(14)).toBe(0);
    // Nor back before the first point.
    const young = told([
      [-14, 100],
      [0, 114],
    ]);
    expect(risen([young], counter, at(-24), at(-14), at(0))).toBe(0);
    expect(risen([told([])], counter, at(-10), at(0), at(0))).toBe(0);
  });

  it('of a task that fell silent before say nothing of what came after', () => {
    const silent = told([
      [-120, 50],
      [-60, 80],
    ]);
    expect(risen([silent], counter, at(-60), at(0), at(0))).toBe(0);
    expect(risen([silent], counter, at(-59), at(0), at(0))).toBe(0);
    expect(risen([silent], counter, at(-90), at(0), at(0))).toBe(15);
  });

  it('tell of no head where the task is silent, or has received nothing', () => {
    const { points } = worker(4);
    const headless = points.map(({ headSentMs: _sent, headReceivedMs: _received, ...point }) => point);
    expect(readHead([worker(4, 0, { points: headless })], at(0))).toBeUndefined();
    for (const half of [{ headSentMs: at(-30) }, { headReceivedMs: at(0) }]) {
      const known = headless.map((point) => ({ ...point, ...half }));
      expect(readHead([worker(4, 0, { points: known })], at(0))).toBeUndefined();
    }
    expect(readHead([worker(4)], at(31))).toBeUndefined();
    expect(readHead([worker(4, 0, { stopping: true })], at(0))).toBeUndefined();
    expect(readHead([worker(4), worker(4, 0, { points: headless })], at(0))).toEqual({
      sentMs: at(-30),
      receivedMs: at(0),
    });
  });
});
