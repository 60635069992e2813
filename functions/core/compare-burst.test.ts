import { describe, expect, it } from 'vitest';
import { type BurstTerms, compareBurst, playFluid, toLoad } from './compare-burst.ts';
import type { Peer } from './peers/peer.ts';
import type { BurstPoint } from './state.ts';

const terms: BurstTerms = {
  deadlineSeconds: 60,
  workSecondsPerMessage: 4,
  messagesPerTask: 1,
  startSeconds: 45,
  fargateBase: 0,
  fargateMax: 50,
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

describe('what others would have done with the messages of a burst', () => {
  it('is nothing where less than two looks were recorded', () => {
    expect(compareBurst([], terms)).toBeUndefined();
    expect(compareBurst(looks([]), terms)).toBeUndefined();
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

  it('believes the last look, and averages those before it that contradict each other: nothing that was sent is taken back', () => {
    const told = (...sent: readonly number[]) => {
      const points = sent.map((each, index): BurstPoint => [index * 10_000, each, 0, 0, 4, 0, 0]);
      const { arrived } = toLoad(points, 0);
      return sent.map((_, look) => arrived.slice(0, 1 + 10 * look).reduce((sum, each) => sum + each, 0));
    };
    expect(told(10, 20, 30, 40)).toEqual([10, 20, 30, 40].map((sum) => expect.closeTo(sum, 6)));
    // 30 and 20 are 25 each; 90 is more than were sent at all.
    expect(told(10, 30, 20, 40)).toEqual([10, 25, 25, 40].map((sum) => expect.closeTo(sum, 6)));
    expect(told(10, 90, 20, 40)).toEqual([10, 30, 30, 40].map((sum) => expect.closeTo(sum, 6)));
  });

  it('reckons the burst itself in the same way, with the tasks that it had', () => {
    // Message k of 360 was sent at k/3 s and is picked up at k: from k = 90 on that is more than a minute.
    expect(compareBurst(looks(times(12, 3)), terms)?.reckonedLateShare).toBeCloseTo(0.75, 2);
  });

  it('starts nothing with anybody where nothing waits', () => {
    for (const policy of compareBurst(looks(times(30, 0.5)), terms)?.policies ?? [])
      expect(policy).toMatchObject({ lateShare: 0, fargateSeconds: 0, starts: 0, peakTasks: 0 });
  });

  it('asks for no more tasks than may run, and is late then', () => {
    const flood = looks([...times(60, 8), ...times(30, 0)]);
    for (const policy of compareBurst(flood, { ...terms, fargateMax: 2 })?.policies ?? []) {
      expect(policy.peakTasks).toBe(2);
      expect(policy.lateShare).toBeGreaterThan(0.5);
    }
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
  const play = (tasks: Readonly<Record<number, number>>, points = looks(times(30, 0.5)), fargateBase = 0) =>
    playFluid(script(tasks), toLoad(points, fargateBase), {
      deadlineSeconds: 60,
      startSeconds: 45,
      secondsEach: 4,
      minTasks: 4,
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
  });

  it('goes on after the last look as the last two minutes went, for an hour at most', () => {
    // The task is asked for 20 s after the first of 31 looks and never given back: 300 + 3,600 s later it is counted.
    expect(play({ 20: 5 }).fargateSeconds).toBe(300 + 3_600 - 20 - 10);
    expect(toLoad(looks([...times(30, 0.5), ...times(12, 2)]), 0).arrived.at(-1)).toBe(2);
    expect(toLoad(looks([...times(30, 0.5), ...times(6, 2)]), 0).arrived.at(-1)).toBe(1.25);
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
    const points = looks(times(12, 3)).map(
      ([atMs, arrived, waiting, age, external]): BurstPoint => [atMs, arrived, waiting, age, external, 8, 8],
    );
    expect(toLoad(points, 8).baseTasks[5]).toBe(12);
    expect(toLoad(points, 0).baseTasks[5]).toBe(4);
  });
});
