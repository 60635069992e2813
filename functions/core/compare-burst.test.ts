import { describe, expect, it } from 'vitest';
import { type ComparedTerms, compareBurst, isComparable, playFluid, toLoad } from './compare-burst.ts';
import type { Peer, PeerObservation } from './peers/peer.ts';
import type { BurstPoint } from './state.ts';

const terms: ComparedTerms = {
  deadlineSeconds: 60,
  workSecondsPerMessage: 4,
  messagesPerTask: 1,
  startSeconds: 45,
  fargateBase: 0,
  fargateMax: 50,
  taskHourUsd: 0.036,
};

/** A look every 10 s at 4 tasks on premises, which pick up one message a second. */
const looks = (rates: readonly number[], arrivedFirst = 0): BurstPoint[] => {
  let [arrived, waiting] = [arrivedFirst, arrivedFirst];
  const points: BurstPoint[] = [[0, arrived, waiting, 0, 4, 0, 0]];
  for (const [index, rate] of rates.entries()) {
    arrived += 10 * rate;
    waiting = Math.max(0, waiting + 10 * rate - 10);
    points.push([(index + 1) * 10_000, arrived, waiting, 0, 4, 0, 0]);
  }
  return points;
};
const times = (count: number, rate: number): number[] => Array.from({ length: count }, () => rate);
/** The same looks with other tasks: on premises, and at Fargate. */
const withTasks = (points: readonly BurstPoint[], external: number, fargate: number): BurstPoint[] =>
  points.map(([atMs, arrived, waiting, age]) => [atMs, arrived, waiting, age, external, fargate, fargate]);

describe('what others would have done with the messages of a burst', () => {
  it('is nothing where less than two looks were recorded', () => {
    expect(compareBurst([], terms)).toBeUndefined();
    expect(compareBurst(looks([]), terms)).toBeUndefined();
  });

  it('is made of a week of looks, and of nothing longer, which would keep the end of the burst waiting', () => {
    const end = 7 * 86_400_000;
    const sparse = (last: number): BurstPoint[] => [
      [1_000, 0, 0, 0, 4, 0, 0],
      [1_000 + last, 100, 0, 0, 4, 0, 0],
    ];
    expect([sparse(end), sparse(end + 1), sparse(end).slice(1)].map(isComparable)).toEqual([true, false, false]);
    expect(compareBurst(sparse(end + 1), terms)).toBeUndefined();
  });

  it('says what all that costs, at the price of a task-hour', () => {
    const comparison = compareBurst(looks(times(30, 3)), terms);
    expect(comparison).toMatchObject({ deadlineSeconds: 60 });
    for (const { fargateSeconds, usd } of comparison?.policies ?? []) expect(usd).toBeCloseTo(fargateSeconds * 1e-5, 6);
    expect(comparison?.boundUsd).toBeCloseTo((comparison?.boundFargateSeconds ?? 0) * 1e-5, 6);
    expect(comparison?.boundUsd).toBeGreaterThan(0.001);
  });

  it('needs no Fargate second while the premises pick up within the deadline, and each one beyond that', () => {
    // 4 tasks work off 240 s of messages in a minute. 3 a second leave 2 behind, 8 s of work: the 31st second is too much.
    expect(compareBurst(looks(times(3, 3)), terms)?.boundFargateSeconds).toBeCloseTo(0, 6);
    expect(compareBurst(looks(times(4, 3)), terms)?.boundFargateSeconds).toBeCloseTo(10 * 8, 6);
  });

  it('counts messages that waited at the first look as sent then', () => {
    expect(compareBurst(looks(times(1, 1), 60), terms)?.boundFargateSeconds).toBeCloseTo(0, 6);
    expect(compareBurst(looks(times(1, 1), 70), terms)?.boundFargateSeconds).toBeCloseTo(10 * 4, 6);
  });

  it('measures what a message takes where the queue was never empty, and believes the configuration otherwise', () => {
    const slow = { ...terms, workSecondsPerMessage: 9 };
    expect(compareBurst(looks(times(9, 3)), slow)).toMatchObject({ measured: true, taskSecondsPerMessage: 4 });
    expect(compareBurst(looks(times(9, 0.5)), slow)).toMatchObject({ measured: false, taskSecondsPerMessage: 9 });
    // 49 messages are too few to believe, 50 are enough; the first 10 s began with an empty queue.
    expect(compareBurst(looks(times(5, 3)), slow)).toMatchObject({ measured: false });
    expect(compareBurst(looks(times(6, 3)), slow)).toMatchObject({ measured: true });
  });

  it('believes of a task that works on several messages at a time that it takes that much less for each', () => {
    const idle = looks(times(9, 0.5));
    expect(compareBurst(idle, { ...terms, messagesPerTask: 2 })?.taskSecondsPerMessage).toBe(2);
  });

  it('measures by all tasks that take messages, on premises and at Fargate, by the mean of two looks', () => {
    const busy = looks(times(9, 3));
    expect(compareBurst(withTasks(busy, 1, 3), terms)).toMatchObject({ measured: true, taskSecondsPerMessage: 4 });
    // 100 messages in 100 s, at 1 + 1 tasks before and 3 + 5 after: 5 on average.
    const growing: BurstPoint[] = [
      [0, 100, 100, 0, 1, 1, 1],
      [100_000, 200, 100, 0, 3, 5, 5],
    ];
    expect(compareBurst(growing, terms)).toMatchObject({ measured: true, taskSecondsPerMessage: 5 });
  });

  it('measures only where more waits at both looks than all tasks take at once', () => {
    const waiting = (before: number, after: number): BurstPoint[] => [
      [0, before, before, 0, 4, 0, 0],
      [100_000, 100 + after, after, 0, 4, 0, 0],
    ];
    // 4 tasks with 2 messages each take 8.
    const pairs = { ...terms, messagesPerTask: 2 };
    expect(compareBurst(waiting(9, 9), pairs)).toMatchObject({ measured: true, taskSecondsPerMessage: 4 });
    expect(compareBurst(waiting(8, 9), pairs)).toMatchObject({ measured: false });
    expect(compareBurst(waiting(9, 8), pairs)).toMatchObject({ measured: false });
  });

  it('measures nothing of messages that were picked up while no task was seen to take any', () => {
    const points: BurstPoint[] = [
      [0, 100, 100, 0, 0, 0, 0],
      [10_000, 100, 20, 0, 0, 0, 0],
    ];
    expect(compareBurst(points, terms)).toMatchObject({ measured: false, taskSecondsPerMessage: 4 });
  });

  it('believes the last look, and averages those before it that contradict each other: nothing that was sent is taken back', () => {
    const told = (...sent: readonly number[]) => {
      const points = sent.map((each, index): BurstPoint => [index * 10_000, each, 0, 0, 4, 0, 0]);
      const { arrived } = toLoad(points, 0);
      return sent.map((_, look) => arrived.slice(0, 1 + 10 * look).reduce((sum, each) => sum + each, 0));
    };
    expect(told(10, 20, 30, 40)).toEqual([10, 20, 30, 40].map((sum) => expect.closeTo(sum, 6)));
    // No more can have come than the workers counted: all that is told is too much by the same share, and no share is too little.
    const most = (messagesMax: number) => toLoad(looks(times(4, 3)), 0, messagesMax);
    expect([most(119).messages, most(120).messages, most(121).messages]).toEqual([expect.closeTo(119, 9), 120, 120]);
    expect(most(60).arrived[15]).toBeCloseTo(1.5, 9);
    // Where none came none was counted.
    expect(toLoad(looks(times(4, 0)), 0, 0).messages).toBe(0);
    const counted = compareBurst(looks(times(30, 3)), { ...terms, messagesMax: 600 });
    expect(counted).toMatchObject({ messages: 600 });
    expect(counted?.boundFargateSeconds).toBeLessThan(
      compareBurst(looks(times(30, 3)), terms)?.boundFargateSeconds ?? 0,
    );
    // 30 and 20 are 25 each; 90 is more than were sent at all.
    expect(told(10, 30, 20, 40)).toEqual([10, 25, 25, 40].map((sum) => expect.closeTo(sum, 6)));
    expect(told(10, 90, 20, 40)).toEqual([10, 30, 30, 40].map((sum) => expect.closeTo(sum, 6)));
    expect(told(20, 10, 40)).toEqual([15, 15, 40].map((sum) => expect.closeTo(sum, 6)));
    // 30 and 4 are 17 each, which contradicts 20, so that all three are 18; 10 is less than 17 and stays.
    expect(told(20, 30, 4, 40)).toEqual([18, 18, 18, 40].map((sum) => expect.closeTo(sum, 6)));
    expect(told(10, 30, 4, 40)).toEqual([10, 17, 17, 40].map((sum) => expect.closeTo(sum, 6)));
  });

  it('reckons the burst itself in the same way, with the tasks that it had', () => {
    // Message k of 360 was sent at k/3 s and is picked up at k: from k = 90 on that is more than a minute.
    expect(compareBurst(looks(times(12, 3)), terms)?.reckonedLateShare).toBeCloseTo(0.75, 2);
  });

  it('starts nothing with anybody where nothing waits', () => {
    for (const policy of compareBurst(looks(times(30, 0.5)), terms)?.policies ?? [])
      expect(policy).toMatchObject({ lateShare: 0, fargateSeconds: 0, starts: 0, peakTasks: 0 });
  });

  it('is late with nothing where nothing was sent', () => {
    const comparison = compareBurst(looks(times(3, 0)), terms);
    expect(comparison?.reckonedLateShare).toBe(0);
    expect(comparison?.policies.map(({ lateShare }) => lateShare)).toEqual([0, 0, 0]);
    // Nor where the looks believed that messages came, and the workers counted none.
    expect(compareBurst(looks(times(30, 3)), { ...terms, messagesMax: 0 })).toMatchObject({
      messages: 0,
      boundFargateSeconds: 0,
      reckonedLateShare: 0,
      policies: [0, 1, 2].map(() => ({ lateShare: 0, fargateSeconds: 0, starts: 0 })),
    });
  });

  it('asks for no more tasks than may run, and is late then', () => {
    const flood = looks([...times(60, 8), ...times(30, 0)]);
    for (const policy of compareBurst(flood, { ...terms, fargateMax: 2 })?.policies ?? []) {
      expect(policy.peakTasks).toBe(2);
      expect(policy.lateShare).toBeGreaterThan(0.5);
    }
  });

  it('counts the tasks of Fargate’s base among those that may run', () => {
    const flood = withTasks(looks([...times(60, 8), ...times(30, 0)]), 4, 1);
    const policies = compareBurst(flood, { ...terms, fargateBase: 1, fargateMax: 3 })?.policies;
    expect(policies?.map(({ peakTasks }) => peakTasks)).toEqual([2, 2, 2]);
  });

  it('aims at half of what a task picks up within the deadline', () => {
    // A task picks up 15 messages in 60 s. 2 a second for 180 s leave one more behind each second: at 240 s the third metric
    // above 7.5 a task is that of 180 s, with 179 waiting, which wants 24 tasks, and the next one, with 119, no more.
    const [tracking] = compareBurst(looks([...times(18, 2), ...times(18, 0)]), terms)?.policies ?? [];
    expect(tracking?.peakTasks).toBe(24 - 4);
  });

  it('lets target tracking wait for three metrics of a minute that are a minute old, and KEDA ask at once', () => {
    const [tracking, keda, quick] = compareBurst(looks([...times(60, 3), ...times(60, 0.5)]), terms)?.policies ?? [];
    expect(tracking?.lateShare).toBeGreaterThan(keda?.lateShare ?? 1);
    // Five minutes of keeping what is not needed any more.
    expect(keda?.fargateSeconds).toBeGreaterThan(quick?.fargateSeconds ?? Number.POSITIVE_INFINITY);
  });
});

/** So many tasks from a second after the first look on. */
const script = (tasks: Readonly<Record<number, number>>): Peer<number> => ({
  metric: 'direct',
  everySeconds: 1,
  initial: 4,
  decide: (_observed, state, nowSeconds) => {
    const desired = tasks[nowSeconds] ?? state;
    return { desired, state: desired };
  },
});

describe('the fluid that policies are played on', () => {
  const fluid = { deadlineSeconds: 60, startSeconds: 45, secondsEach: 4, minTasks: 4 };
  const play = (tasks: Readonly<Record<number, number>>, points = looks(times(30, 0.5)), fargateBase = 0) =>
    playFluid(script(tasks), toLoad(points, fargateBase), fluid);
  /** What a policy is asked, and when. */
  const asked = (tasks: Readonly<Record<number, number>>, points = looks(times(30, 0.5)), everySeconds = 1) => {
    const questions: (PeerObservation & { nowSeconds: number })[] = [];
    const scripted = script(tasks);
    const peer: Peer<number> = {
      ...scripted,
      everySeconds,
      decide: (observed, state, nowSeconds) => {
        questions.push({ ...observed, nowSeconds });
        return scripted.decide(observed, state, nowSeconds);
      },
    };
    playFluid(peer, toLoad(points, 0), fluid);
    return questions;
  };

  it('asks a policy at the first look, however long its messages had waited, and as often as the policy asks', () => {
    const waited = looks(times(6, 0), 70).map(
      ([atMs, arrived, waiting, , ...tasks]): BurstPoint => [atMs, arrived, waiting, 55, ...tasks],
    );
    // 70 messages are picked up at one a second: the last one 69 s after the first.
    expect(asked({}, waited, 30).map(({ nowSeconds }) => nowSeconds)).toEqual([0, 30, 60]);
    expect(asked({}, waited)[0]).toMatchObject({ nowSeconds: 0, visible: 69, inFlight: 4 });
  });

  it('shows a policy that asks the queue itself what was there 5 s ago', () => {
    // 4 tasks work 4 s on each of 3 messages a second and 2 stay behind: 2 at second 0, 4 at second 1.
    const questions = asked({}, looks(times(3, 3)));
    expect(questions.slice(4, 8).map(({ visible }) => visible)).toEqual([2, 2, 4, 6]);
    // A message every two seconds is 2 s of work a second.
    expect(asked({})[10]).toMatchObject({ visible: 0, inFlight: 2 });
  });

  it('has a task work from when it is started on, and not before', () => {
    // Asked for at 20 s, it works from 65 s on, which is seen 5 s later.
    const questions = asked({ 20: 5 });
    expect([questions[69]?.running, questions[70]?.running]).toEqual([4, 5]);
  });

  it('ends at the last look where nothing waits and no task is left', () => {
    const points = looks([...times(30, 0.5), ...times(12, 0)]);
    expect(asked({}, points).at(-1)?.nowSeconds).toBe(420);
    expect(play({ 420: 5 }, points).starts).toBe(1);
    expect(play({ 421: 5 }, points).starts).toBe(0);
  });

  it('goes on until all messages of the burst are picked up, and none is late that then is not', () => {
    // 30 messages came in 10 s and are picked up at one a second: the last one 29 s after the first.
    const points = looks([3]);
    expect(asked({}, points).at(-1)?.nowSeconds).toBe(29);
    expect(play({}, points).lateShare).toBe(0);
  });

  it('is late with every message that nobody picks up', () => {
    expect(play({}, withTasks(looks([1]), 0, 0)).lateShare).toBe(1);
  });

  it('bills a task from 10 s after it was asked for, at least a minute, and nothing before', () => {
    expect(play({ 20: 5, 120: 4 })).toMatchObject({ starts: 1, fargateSeconds: 90 });
    expect(play({ 20: 5, 60: 4 }).fargateSeconds).toBe(60);
    expect(play({ 20: 5, 31: 4 }).fargateSeconds).toBe(60);
    expect(play({ 20: 5, 30: 4 }).fargateSeconds).toBe(0);
  });

  it('takes back first what does not work yet, then the oldest', () => {
    // At 110 s the task of 100 s has not been billed for anything; the one of 20 s goes on to 130 s.
    expect(play({ 20: 5, 100: 6, 110: 5, 130: 4 }).fargateSeconds).toBe(100);
    // At 150 s both work: 120 s of the older one, and 90 of the other.
    expect(play({ 20: 5, 60: 6, 150: 5, 160: 4 }).fargateSeconds).toBe(120 + 90);
    // At 110 s both work: 80 s of the older one; the other would be billed the minute instead of its 40 s.
    expect(play({ 20: 5, 60: 6, 110: 5, 200: 4 }).fargateSeconds).toBe(80 + 130);
    // At 45 s neither works: the minute of the older one; the other would be billed for nothing yet.
    expect(play({ 20: 5, 40: 6, 45: 5, 200: 4 }).fargateSeconds).toBe(60 + 150);
  });

  it('goes on after the last look as the last two minutes went, for an hour at most', () => {
    // The task is asked for 20 s after the first of 31 looks and never given back: 300 + 3,600 s later it is counted.
    expect(play({ 20: 5 }).fargateSeconds).toBe(300 + 3_600 - 20 - 10);
    expect(toLoad(looks([...times(30, 0.5), ...times(12, 2)]), 0).arrived.at(-1)).toBe(2);
    expect(toLoad(looks([...times(30, 0.5), ...times(6, 2)]), 0).arrived.at(-1)).toBe(1.25);
  });

  it('takes nothing to come after a last look that has none within two minutes before it', () => {
    const apart = (seconds: number): BurstPoint[] => [
      [0, 0, 0, 0, 4, 0, 0],
      [seconds * 1_000, 240, 0, 0, 4, 0, 0],
    ];
    expect(toLoad(apart(120), 0).arrived.at(-1)).toBe(2);
    expect(toLoad(apart(121), 0).arrived.at(-1)).toBe(0);
  });

  it('counts seconds from the first look on, whenever that was, and at least one', () => {
    const apart = (ms: number): BurstPoint[] => [
      [1_000_000, 0, 0, 0, 4, 0, 0],
      [1_000_000 + ms, 0, 0, 0, 4, 0, 0],
    ];
    const secondsOf = ({ firstLook, lastLook }: ReturnType<typeof toLoad>) => lastLook - firstLook;
    expect(secondsOf(toLoad(apart(400), 0))).toBe(1);
    expect(secondsOf(toLoad(apart(1_400), 0))).toBe(1);
    expect(secondsOf(toLoad(apart(1_600), 0))).toBe(2);
  });

  it('drops nothing that came between two looks in one second', () => {
    const points = [0, 400, 2_000, 2_300].map((atMs, index): BurstPoint => [atMs, 10 * (index + 1), 0, 0, 4, 0, 0]);
    const { arrived, firstLook, lastLook } = toLoad(points, 0);
    // 10 before the first look and 10 within its second; then 10 in two seconds, and 10 within the last of them.
    expect(Array.from(arrived.slice(0, lastLook))).toEqual([20, 5, 15]);
    expect([firstLook, lastLook]).toEqual([1, 3]);
  });

  it('knows how long the messages of the first look had waited', () => {
    // Message k of 70 leaves k seconds after the second of the oldest. Sent within that second the last 10 are late; sent over 55 s it has waited for 55 +
    // 0.21 k by then: from k = 24 on too long, which is 44.36 of them when what is late by less than a second is not counted.
    const points = looks(times(30, 0), 70);
    expect(play({}, points).lateShare * 70).toBeCloseTo(10, 6);
    const [[atMs, arrived, waiting, , ...tasks] = [0, 0, 0, 0, 4, 0, 0], ...rest] = points;
    expect(play({}, [[atMs, arrived, waiting, 55, ...tasks], ...rest]).lateShare * 70).toBeCloseTo(44.36, 2);
  });

  it('counts the tasks of Fargate’s base as there in any case', () => {
    const points = withTasks(looks(times(12, 3)), 4, 8);
    const tasks = (fargateBase: number) => {
      const { baseTasks } = toLoad(points, fargateBase);
      return [baseTasks[5], baseTasks.at(-1)];
    };
    expect(tasks(9)).toEqual([12, 12]);
    expect(tasks(8)).toEqual([12, 12]);
    expect(tasks(7)).toEqual([11, 11]);
    expect(tasks(0)).toEqual([4, 4]);
  });
});
