import { describe, expect, it } from 'vitest';
import { decideBurst } from './decide-burst.ts';
import type { BurstLimits, ObservedBurst } from './observed-burst.ts';
import { at, sampleLimits } from './sample-burst.ts';
import { seeSpot } from './spot-tasks.ts';
import { type BurstMemory, freshMemory } from './state.ts';

const prices = { fargateHourlyUsd: 3.6, spotHourlyUsd: 1.8 };
const looked: BurstMemory = { ...freshMemory, lastLookMs: at(-10) };
const known = { seenMs: at(-30), takenBack: 2, taskSeconds: 40, usd: 0.02 };
const paid = { tasks: 4, taskSeconds: 40 };

describe('a look at tasks on Spot', () => {
  it('takes of what was paid the part that they have of the tasks, and no more than all', () => {
    const memory = (tasks: number) => seeSpot({ tasks, takenBackMs: [] }, looked, paid, prices, at(0));
    expect(memory(3)).toEqual({
      takenBackMs: [],
      spentUsd: 0.025,
      memory: { seenMs: at(-10), takenBack: 0, taskSeconds: 30, usd: 0.015 },
    });
    expect(memory(9)).toMatchObject({ spentUsd: 0.02, memory: { taskSeconds: 40, usd: 0.02 } });
    expect(memory(0)).toMatchObject({ spentUsd: 0.04, memory: { taskSeconds: 0, usd: 0 } });
  });

  it('adds up over the looks, and keeps what it knows where no task is left on Spot', () => {
    expect(
      seeSpot({ tasks: 2, takenBackMs: [at(-29), at(-30)] }, { ...looked, spot: known }, paid, prices, at(0)),
    ).toEqual({
      takenBackMs: [at(-29)],
      spentUsd: 0.03,
      memory: { seenMs: at(-29), takenBack: 3, taskSeconds: 60, usd: 0.03 },
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
    expect(seeSpot({ tasks: 4, takenBackMs: [] }, looked, paid, { fargateHourlyUsd }, at(0)).spentUsd).toBe(0.04);
  });

  it('counts as on demand the seconds in which nobody looked and of which no task is left', () => {
    const gone = seeSpot({ tasks: 1, takenBackMs: [] }, looked, { tasks: 0, taskSeconds: 40 }, prices, at(0));
    expect(gone).toMatchObject({ spentUsd: 0.04, memory: { taskSeconds: 0 } });
  });

  it('counts what AWS took back once, in the order of time, from the first look on', () => {
    const taken = (memory: BurstMemory, ...takenBackMs: number[]) =>
      seeSpot({ tasks: 1, takenBackMs }, memory, paid, prices, at(0)).takenBackMs;
    expect(taken(freshMemory, at(-1), at(0))).toEqual([]);
    expect(taken(looked, at(-2), at(-10), at(-9), at(-11))).toEqual([at(-9), at(-2)]);
    // Shown late, after a look that did not know it yet.
    expect(taken({ ...looked, spot: known }, at(-29))).toEqual([at(-29)]);
    expect(taken({ ...looked, spot: known }, at(-30))).toEqual([]);
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
      { ...looked, fargateReady: 6, paidTasks: 6, ...memory },
      { ...sampleLimits, ...prices, fixedTasks: 6, ...more },
      at(0),
    );
  const asked = [
    { atMs: at(-200), tasks: 4 },
    { atMs: at(-20), tasks: 2 },
  ];
  const spot = { tasks: 5, takenBackMs: [at(-4), at(-7)] };

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
    expect(memory).toMatchObject({ fargateStarts: 2, spot: { takenBack: 2, seenMs: at(-4), taskSeconds: 50 } });
    expect(memory.costUsd).toBeCloseTo(0.01 + 50 * 0.0005, 12);
    expect(memory.spent?.hourUsd).toBeCloseTo(0.035, 12);
  });

  it('does not take it for a release that ends as soon as it has started', () => {
    const starts = [{ atMs: at(-100), tasks: 6 }];
    const old = [{ atMs: at(-200), tasks: 6 }];
    expect(look({ spot, starts }, { asked: old }).alarm?.kind).not.toBe('crash-loop');
    expect(look({ starts }, { asked: old }).alarm?.kind).toBe('crash-loop');
  });

  it('says nothing where nothing was taken back, and counts no more than it had asked for', () => {
    const quiet = look({ spot: { tasks: 5, takenBackMs: [at(-10)] } }, { asked });
    expect(quiet.reason).not.toContain('Spot');
    expect(quiet.memory).toMatchObject({ asked, fargateStarts: 0 });
    const one = look(
      { desired: 1, running: 0, pending: 1, spot },
      { asked: [{ atMs: at(-90), tasks: 1 }] },
      { fixedTasks: 1 },
    );
    expect(one.memory).toMatchObject({ asked: [{ atMs: at(-4), tasks: 1 }], fargateStarts: 1 });
    expect(one.reason).toContain('AWS took 1 task on Spot back, and ECS starts as many again');
    const plain = look({}, { asked }).memory;
    expect(plain).not.toHaveProperty('spot');
    expect(plain.costUsd).toBeCloseTo(0.06, 12);
  });
});
