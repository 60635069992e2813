import { describe, expect, it } from 'vitest';
import { decideBurst } from './decide-burst.ts';
import type { BurstLimits, ObservedBurst } from './observed-burst.ts';
import { at, sampleLimits } from './sample-burst.ts';
import { askedAgain, leavingSpot, seeSpot } from './spot-tasks.ts';
import { BurstMemory, freshMemory } from './state.ts';

const prices = { fargateHourlyUsd: 3.6, spotHourlyUsd: 1.8 };
const looked: BurstMemory = { ...freshMemory, lastLookMs: at(-10) };
const known = {
  seenMs: at(-60),
  takenBack: 2,
  takenBackTasks: [
    { task: 'a', atMs: at(-40) },
    { task: 'b', atMs: at(-30) },
  ],
  taskSeconds: 40,
  usd: 0.02,
};
const paid = { tasks: 4, taskSeconds: 40 };

describe('a look at tasks on Spot', () => {
  it('takes of what was paid the part that they have of the tasks, and no more than all', () => {
    const memory = (tasks: number) => seeSpot({ tasks, takenBack: [] }, looked, paid, prices, at(0));
    expect(memory(3)).toEqual({
      takenBackMs: [],
      spentUsd: 0.025,
      memory: { seenMs: at(-10), takenBack: 0, takenBackTasks: [], taskSeconds: 30, usd: 0.015 },
    });
    expect(memory(9)).toMatchObject({ spentUsd: 0.02, memory: { taskSeconds: 40, usd: 0.02 } });
    expect(memory(0)).toMatchObject({ spentUsd: 0.04, memory: { taskSeconds: 0, usd: 0 } });
  });

  it('adds up over the looks, and keeps what it knows where no task is left on Spot', () => {
    const takenBack = [{ task: 'c', atMs: at(-29) }];
    expect(seeSpot({ tasks: 2, takenBack }, { ...looked, spot: known }, paid, prices, at(0))).toEqual({
      takenBackMs: [at(-29)],
      spentUsd: 0.03,
      memory: {
        seenMs: at(-60),
        takenBack: 3,
        takenBackTasks: [...known.takenBackTasks, ...takenBack],
        taskSeconds: 60,
        usd: 0.03,
      },
    });
    expect(seeSpot(undefined, { ...looked, spot: known }, paid, prices, at(0))).toEqual({
      takenBackMs: [],
      spentUsd: 0.04,
      memory: known,
    });
  });

  it('knows nothing of Spot where nothing may run there, and prices all of it on demand without a price of Spot', () => {
    expect(seeSpot(undefined, looked, paid, prices, at(0))).toEqual({
      takenBackMs: [],
      spentUsd: 0.04,
      memory: undefined,
    });
    const { fargateHourlyUsd } = prices;
    expect(seeSpot({ tasks: 4, takenBack: [] }, looked, paid, { fargateHourlyUsd }, at(0)).spentUsd).toBe(0.04);
  });

  it('counts as on demand the seconds in which nobody looked and of which no task is left', () => {
    const gone = seeSpot({ tasks: 1, takenBack: [] }, looked, { tasks: 0, taskSeconds: 40 }, prices, at(0));
    expect(gone).toMatchObject({ spentUsd: 0.04, memory: { taskSeconds: 0 } });
  });

  const taken = (memory: BurstMemory, ...takenBack: (readonly [string, number])[]) =>
    seeSpot({ tasks: 1, takenBack: takenBack.map(([task, atMs]) => ({ task, atMs })) }, memory, paid, prices, at(0));

  it('leaves what was stopped before the first look to an earlier burst', () => {
    expect(taken(freshMemory, ['a', at(-1)], ['b', at(0)]).takenBackMs).toEqual([]);
    expect(taken(looked, ['a', at(-2)], ['b', at(-10)], ['c', at(-9)], ['d', at(-11)]).takenBackMs).toEqual([
      at(-9),
      at(-2),
    ]);
  });

  it('counts each task once, however late, in whatever order and how often ECS lists it', () => {
    const later = { ...looked, spot: known };
    // Older than those that are counted, and listed only now.
    const late = taken(later, ['b', at(-30)], ['c', at(-50)], ['a', at(-40)], ['c', at(-50)]);
    expect(late.takenBackMs).toEqual([at(-50)]);
    expect(late.memory).toMatchObject({
      seenMs: at(-60),
      takenBack: 3,
      takenBackTasks: [...known.takenBackTasks, { task: 'c', atMs: at(-50) }],
    });
    const next = { ...later, spot: late.memory };
    expect(taken(next, ['c', at(-50)], ['b', at(-30)]).takenBackMs).toEqual([]);
    // A stale list lacks what was listed before.
    expect(taken({ ...next, spot: taken(next).memory }, ['c', at(-50)], ['a', at(-40)]).memory?.takenBack).toBe(3);
    expect(taken(later, ['e', at(-60)], ['f', at(-59)]).takenBackMs).toEqual([at(-59)]);
  });

  it('goes on from the memory of a burst that began before the controller knew tasks by their ids', () => {
    const { takenBackTasks: _, ...before } = known;
    const { spot } = BurstMemory.parse({ ...looked, spot: before });
    expect(spot).toEqual({ ...before, takenBackTasks: [] });
  });

  it('forgets tasks two hours after they were stopped, when ECS tells of them no more, and counts none so old', () => {
    const long = { ...looked, spot: { ...known, seenMs: at(-9_000) } };
    const old = { task: 'old', atMs: at(-7_200) };
    const young = { task: 'young', atMs: at(-7_199) };
    const seen = taken({ ...long, spot: { ...long.spot, takenBackTasks: [old, young] } });
    expect(seen.memory).toMatchObject({ seenMs: at(-7_200), takenBack: 2, takenBackTasks: [young] });
    expect(taken(long, ['e', at(-7_200)], ['f', at(-7_199)]).takenBackMs).toEqual([at(-7_199)]);
  });
});

describe('the tasks that were asked for', () => {
  const asked = [
    { atMs: at(-200), tasks: 2 },
    { atMs: at(-20), tasks: 1 },
  ];

  it('are younger by one of the oldest for each that AWS took back, when it did', () => {
    expect(askedAgain(asked, [])).toEqual({ asked, again: 0 });
    expect(askedAgain(asked, [at(-7)])).toEqual({
      asked: [
        { atMs: at(-200), tasks: 1 },
        { atMs: at(-20), tasks: 1 },
        { atMs: at(-7), tasks: 1 },
      ],
      again: 1,
    });
    // Told late: it stands in the order of time.
    expect(askedAgain(asked, [at(-150), at(-7)])).toEqual({
      asked: [
        { atMs: at(-150), tasks: 1 },
        { atMs: at(-20), tasks: 1 },
        { atMs: at(-7), tasks: 1 },
      ],
      again: 2,
    });
  });

  it('stay where all were asked for later, or none are', () => {
    expect(askedAgain(asked, [at(-200)])).toEqual({ asked, again: 0 });
    expect(askedAgain(asked, [at(-300), at(-199)]).again).toBe(1);
    expect(askedAgain([], [at(-7)])).toEqual({ asked: [], again: 0 });
  });

  it('are no more than they were: the newest are those that ECS starts again', () => {
    expect(askedAgain([{ atMs: at(-90), tasks: 1 }], [at(-7), at(-4)])).toEqual({
      asked: [{ atMs: at(-4), tasks: 1 }],
      again: 1,
    });
  });
});

describe('a burst of which AWS takes Spot tasks back', () => {
  const look = (
    fargate: Partial<ObservedBurst['fargate']>,
    memory: Partial<BurstMemory>,
    more: Partial<BurstLimits> = {},
  ) =>
    decideBurst(
      {
        visible: 100,
        inFlight: 20,
        external: { twin: 'op-external', desired: 20, running: 20, pending: 0 },
        fargate: { twin: 'op-fargate', desired: 6, running: 4, pending: 2, ...fargate },
        externalRoom: undefined,
        workers: [],
        deadLetters: 0,
        delays: [],
      },
      { ...looked, fargateReady: 6, paidTasks: 6, ...(memory.asked && { present: memory.asked }), ...memory },
      { ...sampleLimits, ...prices, fixedTasks: 6, ...more },
      at(0),
    );
  const asked = [
    { atMs: at(-200), tasks: 4 },
    { atMs: at(-20), tasks: 2 },
  ];
  const spot = {
    tasks: 5,
    takenBack: [
      { task: 'a', atMs: at(-4) },
      { task: 'b', atMs: at(-7) },
    ],
  };

  it('counts on those that ECS starts in their place from when it learnt of it, and takes none for overdue', () => {
    const { memory, reason, moves } = look({ spot }, { asked });
    expect(memory.asked).toEqual([
      { atMs: at(-200), tasks: 2 },
      { atMs: at(-20), tasks: 2 },
      { atMs: at(-7), tasks: 1 },
      { atMs: at(-4), tasks: 1 },
    ]);
    expect(moves).toEqual([]);
    expect(reason).toContain('; AWS took 2 tasks on Spot back, and ECS starts as many again:');
    expect(memory).toMatchObject({ fargateStarts: 0, spot: { takenBack: 2, seenMs: at(-10), taskSeconds: 50 } });
    // The stop of one that is gone began when AWS told it, 4 s ago: it is billed 10 s from then, and was counted until 10 s ago.
    const gone = look({ running: 3, spot }, { asked: [{ atMs: at(-200), tasks: 6 }] });
    expect(gone.memory.fargateTaskSeconds).toBe(5 * 10 + 6 + 10);
    // They count as started when ECS tells of it.
    const starts = [{ atMs: at(-3), tasks: 2 }];
    expect(look({ spot, starts }, { asked }).memory.fargateStarts).toBe(2);
    expect(memory.costUsd).toBeCloseTo(0.01 + 50 * 0.0005, 12);
    expect(memory.spent?.hourUsd).toBeCloseTo(0.035, 12);
  });

  it('knows those that went after their warning from the younger ones that ECS started in their place', () => {
    const takenBack = ['a', 'b'].map((task) => ({ task, atMs: at(-40) }));
    const present = [
      { atMs: at(-200), tasks: 4 },
      { atMs: at(-38), tasks: 2 },
    ];
    const went = (atMs: number, desired = 4) =>
      look(
        {
          desired,
          running: 4,
          pending: 0,
          spot: { tasks: 4, takenBack: takenBack.map((each) => ({ ...each, atMs })) },
        },
        { asked: [{ atMs: at(-200), tasks: 4 }], present },
        { fixedTasks: 4 },
      ).memory;
    expect(went(at(-40)).present).toEqual([
      { atMs: at(-200), tasks: 2 },
      { atMs: at(-38), tasks: 2 },
    ]);
    expect(went(at(-40)).fargateTaskSeconds).toBe(4 * 10 + 2 * 10);
    // As many are counted as there are to be: those that were taken back are gone already, and the younger two died.
    expect(went(at(-40), 6).present).toEqual([{ atMs: at(-200), tasks: 4 }]);
    // Long ago, it was others: these two died in their first minute.
    expect(went(at(-140)).present).toEqual([{ atMs: at(-200), tasks: 4 }]);
  });

  it('does not take it for a release that ends as soon as it has started', () => {
    const starts = [{ atMs: at(-100), tasks: 6 }];
    const old = [{ atMs: at(-200), tasks: 6 }];
    expect(look({ spot, starts }, { asked: old }).alarm?.kind).not.toBe('crash-loop');
    expect(look({ starts }, { asked: old }).alarm?.kind).toBe('crash-loop');
  });

  it('says nothing where nothing was taken back, and counts on no more than it had asked for', () => {
    const quiet = look({ spot: { tasks: 5, takenBack: [{ task: 'a', atMs: at(-10) }] } }, { asked });
    expect(quiet.reason).not.toContain('Spot');
    expect(quiet.memory).toMatchObject({ asked, fargateStarts: 0 });
    const one = look(
      { desired: 1, running: 0, pending: 1, spot },
      { asked: [{ atMs: at(-90), tasks: 1 }] },
      { fixedTasks: 1 },
    );
    expect(one.memory.asked).toEqual([{ atMs: at(-4), tasks: 1 }]);
    expect(one.reason).toContain('AWS took 2 tasks on Spot back, and ECS starts 1 again:');
    const none = look({ spot }, { asked: [{ atMs: at(-4), tasks: 6 }], lastLookMs: at(-5) });
    expect(none.reason).toContain('; AWS took 1 task on Spot back:');
    const plain = look({}, { asked }).memory;
    expect(plain).not.toHaveProperty('spot');
    expect(plain.costUsd).toBeCloseTo(0.06, 12);
  });
});

describe('tasks on Spot that AWS has taken back', () => {
  const leaving = (surplus: number, ...seconds: readonly number[]) =>
    leavingSpot(
      seconds.map((second, index) => ({ task: String(index), atMs: at(second) })),
      surplus,
      at(0),
    );

  it('are counted for the two minutes of their warning at most, beside those that replace them', () => {
    expect([leaving(9, -20), leaving(9, -119.9), leaving(9, -120)]).toEqual([1, 1, 0]);
    expect(leaving(9, -20, -30, -119, -121)).toBe(3);
  });

  it('are known by their stops where they were told of since a late read', () => {
    expect([leaving(9, -15), leaving(9, -14.9), leaving(9, 5)]).toEqual([1, 0, 0]);
  });

  it('are no more than what is counted beyond what there is to be', () => {
    expect([leaving(1, -20, -30), leaving(0, -20), leaving(-2, -20)]).toEqual([1, 0, 0]);
  });
});
