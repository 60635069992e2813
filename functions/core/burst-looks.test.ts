import { describe, expect, it } from 'vitest';
import { decideBurst, looksPerExecution } from './decide-burst.ts';
import type { BurstLimits, ObservedBurst, WorkerReport } from './observed-burst.ts';
import { at, sampleLimits as limits } from './sample-burst.ts';
import { type BurstMemory, freshMemory } from './state.ts';

/** What one look makes of what it is told, part by part. */

interface Shift {
  /** Seconds before the look of the newest report. */
  readonly ago?: number;
  readonly slots?: number;
  /** Messages a second over the last minute, on all slots. */
  readonly pace?: number;
  /** Share of the last minute in which the slots worked. */
  readonly busy?: number;
  readonly stopping?: boolean;
  readonly startedSecond?: number;
  readonly otherPickUps?: number;
}

/** Tasks that report every 10 s; after ten minutes' work of 4 s a message without a pause, unless told otherwise. */
const tasks = (capacity: 'external' | 'fargate', count: number, shift: Shift = {}): WorkerReport[] => {
  const { ago = 0, slots = 1, pace = 0.25, busy = 1, stopping = false, startedSecond = -600, otherPickUps } = shift;
  return Array.from({ length: count }, (_, index) => ({
    task: `${capacity}-${index}-${ago}`,
    capacity,
    slots,
    startedMs: at(startedSecond),
    everySeconds: 10,
    stopping,
    points: [60, 30, 0].map((before) => ({
      atMs: at(-ago - before),
      pickUps: pace * (600 - before),
      ...(otherPickUps !== undefined && { otherPickUps: 100 + (before === 0 ? otherPickUps : 0) }),
      completions: pace * (600 - before),
      failures: 0,
      busyMs: (600 - busy * before) * 1_000 * slots,
    })),
  }));
};

type Seen = Partial<Omit<ObservedBurst, 'external' | 'fargate'>> & {
  readonly external?: Partial<ObservedBurst['external']>;
  readonly fargate?: Partial<ObservedBurst['fargate']>;
};

const look = (
  { external, fargate, ...seen }: Seen,
  memory: Partial<BurstMemory> = {},
  more: Partial<BurstLimits> = {},
): ReturnType<typeof decideBurst> =>
  decideBurst(
    {
      visible: 100,
      inFlight: 20,
      external: { twin: 'op-external', desired: 20, running: 20, pending: 0, ...external },
      fargate: { twin: 'op-fargate', desired: 0, running: 0, pending: 0, ...fargate },
      externalRoom: undefined,
      workers: tasks('external', 20),
      deadLetters: 0,
      delays: [],
      ...seen,
    },
    { ...freshMemory, lastLookMs: at(-10), ...memory },
    { ...limits, ...more },
    at(0),
  );
/** Tasks that work, on premises and in Fargate. */
const ready = (...of: Parameters<typeof look>): readonly number[] => {
  const { point } = look(...of);
  return [point[4], point[6]];
};

describe('the tasks that work', () => {
  it('on premises are all that ECS tells of, less those that have fallen silent, until everybody reports', () => {
    expect(ready({ workers: tasks('external', 5) })).toEqual([20, 0]);
    expect(ready({ workers: [...tasks('external', 5), ...tasks('external', 6, { ago: 31 })] })).toEqual([14, 0]);
    expect(ready({ workers: [...tasks('external', 13), ...tasks('external', 7, { ago: 16 })] })).toEqual([13, 0]);
    // What was told to stop has not fallen silent, and Fargate's tasks are not on premises.
    const others = [...tasks('external', 3, { ago: 31, stopping: true }), ...tasks('fargate', 2, { ago: 31 })];
    expect(ready({ workers: [...tasks('external', 5), ...others] })).toEqual([20, 0]);
    // More report than ECS tells of yet.
    expect(ready({ workers: tasks('external', 5), external: { running: 3 } })).toEqual([5, 0]);
  });

  it('on premises are those that report once as many as ECS tells of have ever reported, and for good', () => {
    const all = look({ workers: [...tasks('external', 12), ...tasks('external', 8, { ago: 31 })] });
    expect([all.point[4], all.memory.externalReports]).toEqual([12, true]);
    const most = look({ workers: [...tasks('external', 12), ...tasks('external', 7, { ago: 31 })] });
    expect([most.point[4], most.memory.externalReports]).toEqual([13, false]);
    const reported = { externalReports: true };
    expect(ready({ workers: tasks('external', 12) }, reported)).toEqual([12, 0]);
    // Where nobody reports at all, it is the reporting that may be broken.
    expect(ready({ workers: [] }, reported)).toEqual([20, 0]);
    const none = look({ workers: [], external: { desired: 0, running: 0 } });
    expect(none.memory.externalReports).toBe(false);
  });

  it('in Fargate are those that report, and those that ECS tells of where nobody does', () => {
    const fargate = { desired: 10, running: 10 };
    expect(ready({ workers: [...tasks('external', 20), ...tasks('fargate', 3)], fargate })).toEqual([20, 3]);
    expect(ready({ workers: [], fargate })).toEqual([20, 10]);
  });
});

describe('the pace of the tasks that work', () => {
  const pace = (...of: Parameters<typeof look>): number =>
    Number(/ arrive and (\S+) are picked up/.exec(look(...of).reason)?.[1]);

  it('is that of all their slots, a capacity without reports taken for the other one', () => {
    expect(pace({})).toBe(5);
    // Two slots of 4 s a message each: half a message a second.
    const double = { slots: 2, pace: 0.5 };
    expect(pace({ workers: tasks('external', 20, double) })).toBe(10);
    const fargate = { desired: 10, running: 10 };
    const both = [...tasks('external', 20, double), ...tasks('fargate', 10)];
    expect(pace({ workers: both, fargate })).toBe(12.5);
    expect(pace({ workers: [], fargate }, {}, { messagesPerTask: 3 })).toBe(22.5);
    expect(pace({ workers: tasks('fargate', 10, double), fargate })).toBe(15);
  });

  it('is in part for other queues, by what was picked up from each', () => {
    expect(pace({ workers: tasks('external', 20, { otherPickUps: 45 }) })).toBe(1.3);
    expect(pace({ workers: tasks('external', 20, { slots: 2, pace: 0.5, otherPickUps: 90 }) })).toBe(2.5);
    // Where nothing was picked up nothing is known of it.
    expect(pace({ workers: tasks('external', 20, { pace: 0, busy: 0, otherPickUps: 15 }) })).toBe(5);
  });
});

describe('the Fargate tasks that were asked for', () => {
  const asked = (desired: number, before: BurstMemory['asked'], fargateBase = 0) =>
    look({ visible: 0, fargate: { desired }, workers: [] }, { asked: before }, { fargateBase, fixedTasks: desired })
      .memory.asked;

  it('are those of the looks before, and what is desired beyond them counts as asked for now', () => {
    expect(asked(5, [])).toEqual([{ atMs: at(0), tasks: 5 }]);
    expect(asked(5, [{ atMs: at(-100), tasks: 2 }])).toEqual([
      { atMs: at(-100), tasks: 2 },
      { atMs: at(0), tasks: 3 },
    ]);
    expect(asked(5, [{ atMs: at(-100), tasks: 5 }])).toEqual([{ atMs: at(-100), tasks: 5 }]);
    expect(asked(5, [{ atMs: at(-100), tasks: 2 }], 3)).toEqual([{ atMs: at(-100), tasks: 2 }]);
  });

  it('are the oldest of them where fewer are desired', () => {
    const before = [
      { atMs: at(-100), tasks: 2 },
      { atMs: at(-50), tasks: 3 },
      { atMs: at(-20), tasks: 4 },
    ];
    expect(asked(9, before)).toEqual(before);
    expect(asked(4, before)).toEqual([
      { atMs: at(-100), tasks: 2 },
      { atMs: at(-50), tasks: 2 },
    ]);
    expect(asked(2, before)).toEqual([{ atMs: at(-100), tasks: 2 }]);
    expect(asked(0, before)).toEqual([]);
  });
});

describe('the start of Fargate tasks', () => {
  const believed = { starts: 3, meanSeconds: 45, varianceSeconds2: 182.25 };
  const learn = (workers: readonly WorkerReport[], memory: Partial<BurstMemory> = {}, fargateBase = 0) => {
    const { memory: next } = look(
      { workers: [...tasks('external', 20), ...workers], fargate: { desired: 4, running: 4 } },
      { asked: [{ atMs: at(-60), tasks: 4 }], ...memory },
      { fixedTasks: 4, fargateBase },
    );
    return { lag: next.lag, lagSeenMs: next.lagSeenMs };
  };
  const began = (...seconds: readonly number[]): WorkerReport[] =>
    seconds.flatMap((startedSecond, index) =>
      tasks('fargate', 1, { startedSecond }).map((each) => ({ ...each, task: `fargate-${index}` })),
    );

  it('is learned from those that began to work since the last look, the oldest first', () => {
    expect(learn([])).toEqual({ lag: believed, lagSeenMs: undefined });
    expect(learn([])).toHaveProperty('lag');
    // 55 s after it was asked for: (3 · 45 + 55) / 4.
    expect(learn(began(-5)).lag).toMatchObject({ starts: 4, meanSeconds: 47.5 });
    expect(learn(began(-5)).lagSeenMs).toBe(at(-5));
    // What began before the last look was seen then.
    expect(learn(began(-10)).lag).toEqual(believed);
    expect(learn(began(-9.5, -5))).toMatchObject({ lag: { starts: 5 }, lagSeenMs: at(-5) });
    // What was seen already is not seen again, and no more than were asked for.
    expect(learn(began(-5), { lagSeenMs: at(-5) })).toEqual({ lag: believed, lagSeenMs: at(-5) });
    expect(learn(began(-5, -4), { asked: [{ atMs: at(-60), tasks: 1 }] }).lag).toMatchObject({ starts: 4 });
    // Three work already: of the four that were asked for one is still to come, and with one task at the base two are.
    expect(learn(began(-5, -4), { fargateReady: 3 }).lag).toMatchObject({ starts: 4 });
    expect(learn(began(-5, -4), { fargateReady: 3 }, 1).lag).toMatchObject({ starts: 5 });
    expect(look({}).memory).not.toHaveProperty('lagSeenMs');
  });

  it('pairs them with those that were asked for in their order, and with none that was asked for later', () => {
    const asked = [
      { atMs: at(-60), tasks: 1 },
      { atMs: at(-30), tasks: 3 },
    ];
    // 55 s and then 26 s: 47.5, and a fifth of the way from there to 26.
    expect(learn(began(-5, -4), { asked }).lag?.meanSeconds).toBeCloseTo(43.2, 6);
    expect(learn(began(-4, -5), { asked })).toEqual(learn(began(-5, -4), { asked }));
    const late = [
      { atMs: at(-5), tasks: 1 },
      { atMs: at(-2), tasks: 3 },
    ];
    expect(learn(began(-6), { asked: late }).lag).toEqual(believed);
    expect(learn(began(-4), { asked: late }).lag).toMatchObject({ starts: 4 });
  });

  it('is half a look ago for each that ECS tells of more, where nobody reports', () => {
    const { memory } = look(
      { workers: [], fargate: { desired: 4, running: 3 } },
      { asked: [{ atMs: at(-60), tasks: 4 }], fargateReady: 1 },
      { fixedTasks: 4 },
    );
    expect(memory).toMatchObject({ lagSeenMs: at(-5), lag: { starts: 5 } });
  });
});

describe('what a burst costs and leaves idle', () => {
  const working = (shift: Shift, visible = 100, more: Partial<BurstMemory> = {}, inFlight = 20) =>
    look(
      {
        ...{ visible, inFlight },
        workers: [...tasks('external', 20), ...tasks('fargate', 4, shift)],
        fargate: { desired: 4, running: 4 },
      },
      { asked: [{ atMs: at(-600), tasks: 4 }], fargateReady: 4, ...more },
      { fixedTasks: 4, fargateBase: 1 },
    ).memory;

  it('is idle for the time in which the tasks beyond the base could have worked and did not', () => {
    // Three beyond the base for 10 s; four slots that worked half of the time leave ten seconds.
    expect(working({ busy: 0.5 }).fargateIdleSeconds).toBeCloseTo(10, 6);
    expect(working({ busy: 0.5, slots: 2 }).fargateIdleSeconds).toBeCloseTo(10, 6);
    expect(working({ busy: 1 }).fargateIdleSeconds).toBe(0);
    // Those that began meanwhile were not idle before.
    expect(working({ busy: 0 }, 100, { fargateReady: 2 }).fargateIdleSeconds).toBeCloseTo(10, 6);
    expect(working({ busy: 0 }, 100, { fargateReady: 0 }).fargateIdleSeconds).toBe(0);
  });

  it('is used for the time in which the tasks beyond the base worked, and told of it', () => {
    // Four tasks, one of them of the base, that worked for half of the ten seconds since the last look.
    expect(working({ busy: 0.5 }).fargateBusy).toEqual({ atMs: at(0), toldSeconds: 15, seconds: 15 });
    const fargateBusy = { atMs: at(-10), toldSeconds: 100, seconds: 107 };
    expect(working({ busy: 0.5 }, 100, { fargateBusy }).fargateBusy?.seconds).toBeCloseTo(115, 6);
    // What is not told of yet: with messages waiting they work.
    expect(working({ busy: 0.5, ago: 4 }).fargateBusy?.seconds).toBeCloseTo(3 * (6 * 0.5 + 4), 6);
    expect(working({ busy: 0.5, ago: 4 }, 0, {}, 0).fargateBusy?.seconds).toBeCloseTo(3 * 6 * 0.5, 6);
    expect(look({ workers: [] }).memory).not.toHaveProperty('fargateBusy');
  });

  it('goes on between reports with work where messages wait, and as before where none does', () => {
    expect(working({ busy: 0, ago: 5 }).fargateIdleSeconds).toBeCloseTo(10, 6);
    expect(working({ busy: 0, ago: 5 }, 0).fargateIdleSeconds).toBeCloseTo(30, 6);
    expect(working({ busy: 1, ago: 5 }, 0).fargateIdleSeconds).toBe(0);
    expect(working({ busy: 1, ago: 5 }, 0, {}, 0).fargateIdleSeconds).toBeCloseTo(10, 6);
  });
});

describe('counts that are old', () => {
  it('are believed from 6 s on, and what came since is added then', () => {
    const counts = [60, 50, 40, 30, 20, 10].map((ago) => ({
      atMs: at(-ago),
      visible: 100,
      pickedUp: 5 * (60 - ago),
    }));
    const told = { atMs: at(-10), pickedUp: 250 };
    const waits = (staleSeconds: number) =>
      look({}, { counts, told, pickedUp: 250, staleSeconds, externalReports: true }).point[2];
    // Too few counts for another belief. 5 a second came and 5 a second went.
    expect([waits(5.9), waits(6)]).toEqual([100, 100]);
    const rising = counts.map((count, index) => ({ ...count, visible: 20 * index }));
    const more = (staleSeconds: number) =>
      look({ visible: 120 }, { counts: rising, told, pickedUp: 250, staleSeconds, externalReports: true }).point[2];
    // Two a second more wait with each second: 12 after six.
    expect([more(5.9), more(6)]).toEqual([120, 132]);
  });
});

describe('counts that cannot be right', () => {
  const headed = (workers: readonly WorkerReport[], sentSecond: number): readonly WorkerReport[] =>
    workers.map((each) => ({
      ...each,
      points: each.points.map((point) => ({ ...point, headSentMs: at(sentSecond), headReceivedMs: point.atMs })),
    }));
  /** 5 a second are picked up, and within 20 s the oldest message has become one that was sent 25 s later: 4 a second came. */
  const counts = [20, 10].map((ago) => ({
    atMs: at(-ago),
    visible: 10,
    pickedUp: 300 - 5 * ago,
    head: { sentMs: at(-ago - 20), receivedMs: at(-ago) },
  }));
  const told = { atMs: at(-10), pickedUp: 250 };
  /** How many are believed to wait, with 10 counted: 10 while the count is believed. */
  const waits = (workers: readonly WorkerReport[], memory: Partial<BurstMemory> = {}, sentSecond = -15) =>
    look(
      { visible: 10, workers: headed(workers, sentSecond) },
      { counts, told, pickedUp: 250, externalReports: true, ...memory },
    ).point[2];
  const working = (shift: Shift) => waits(tasks('external', 20, shift));

  it('give way to what came since the oldest message was sent: 4 a second for 15 s', () => {
    expect(working({})).toBe(60);
  });

  it('are believed where tasks worked for less than four fifths of their slot time, since then nothing waits', () => {
    expect([working({ busy: 0.79 }), working({ busy: 0.8 })]).toEqual([10, 60]);
    expect([working({ busy: 0.79, slots: 2 }), working({ busy: 0.8, slots: 2 })]).toEqual([10, 60]);
  });

  it('are believed or not by what the tasks did between their last two reports, whatever was before', () => {
    /** Busy for `before` of the first 30 s of the last minute, and for `last` of the other 30 s. */
    const changed = (before: number, last: number) =>
      tasks('external', 20).map((each) => ({
        ...each,
        points: each.points.map((point, index) => ({
          ...point,
          busyMs: 540_000 + (index > 0 ? before : 0) * 30_000 + (index > 1 ? last : 0) * 30_000,
        })),
      }));
    expect([waits(changed(1, 0.5)), waits(changed(0.5, 1))]).toEqual([10, 60]);
  });

  it('are believed while no task has told twice how much it worked', () => {
    const once = tasks('external', 20).map((each) => ({ ...each, points: each.points.slice(-1) }));
    // Else 100 were picked up of what was sent within 15 s, and the oldest message waits for 25 s.
    expect([waits(once, {}, -25), waits(tasks('external', 20), {}, -25)]).toEqual([10, 167]);
  });

  it('are those that tell only of a time before the first look, and not those that are corrected for their age', () => {
    expect(waits(tasks('external', 20), { staleSeconds: 40 })).toBe(60);
    // Corrected: 10 waited 10 s ago, and 50 have been picked up since.
    expect(waits(tasks('external', 20), { staleSeconds: 10 })).toBe(0);
  });

  it('are none once the counts have been found to be fresh, though one of them was too low', () => {
    /** 10 a second come for two minutes, 5 are picked up, and of the 350 that waited 50 s ago 100 were counted. */
    const fresh = Array.from({ length: 12 }, (_, index) => ({
      atMs: at(10 * index - 120),
      visible: index === 7 ? 100 : 50 * index,
      pickedUp: 50 * index,
      head: { sentMs: at(5 * index - 120), receivedMs: at(10 * index - 120) },
    }));
    const waiting = (known: typeof fresh) =>
      look(
        { visible: 500, workers: headed(tasks('external', 20), -60) },
        { counts: known, told: { atMs: at(-10), pickedUp: 550 }, pickedUp: 550, externalReports: true },
      ).point[2];
    expect(waiting(fresh)).toBe(500);
    // Five counts are too few to find it out.
    expect(waiting(fresh.slice(2))).toBe(600);
  });
});

describe('what was picked up', () => {
  it('goes on from the last reports as they say, and where messages wait at the pace of slots that are never idle', () => {
    const told = { atMs: at(-10), pickedUp: 250 };
    const pickedUp = (visible: number, inFlight: number) =>
      look(
        { visible, inFlight, workers: tasks('external', 20, { ago: 5, pace: 0.1, busy: 0.4 }) },
        { told, pickedUp: 250 },
      ).memory.pickedUp;
    expect(pickedUp(0, 1)).toBeCloseTo(270, 6);
    for (const inFlight of [0, 20]) {
      expect(pickedUp(100, inFlight)).toBeGreaterThan(270.1);
      expect(pickedUp(100, inFlight)).toBeLessThan(285);
    }
    // Nothing waits and nothing is in work: the last 5 s brought nothing, which the tasks have not told yet.
    expect(pickedUp(0, 0)).toBeCloseTo(260, 6);
  });

  it('keeps all counts as long as they are few', () => {
    const counts = Array.from({ length: 40 }, (_, index) => ({ atMs: at(index - 41), visible: 100, pickedUp: 0 }));
    expect(look({}, { counts }).memory.counts).toHaveLength(41);
  });
});

describe('what a look warns of', () => {
  it('is nothing and no number that is none where nothing waits', () => {
    const { expectedLateShare, alarm } = look({ visible: 0 });
    expect([expectedLateShare, alarm]).toEqual([0, undefined]);
  });

  it('is no dead-letter queue where nobody looked at one', () => {
    expect(look({ deadLetters: undefined }).memory).not.toHaveProperty('deadLetters');
  });

  it('names one message as one', () => {
    expect(look({ visible: 1 }).reason).toMatch(/^1 message waits, /);
    expect(look({ visible: 2 }).reason).toMatch(/^2 messages wait, /);
  });

  it('names both twins where both are to change', () => {
    const { moves, reason } = look(
      { external: { desired: 18, running: 18 }, workers: tasks('external', 18) },
      {},
      { fixedTasks: 5 },
    );
    expect(moves).toEqual([
      { twin: 'op-external', desiredCount: 20 },
      { twin: 'op-fargate', desiredCount: 5 },
    ]);
    expect(reason).toContain('; external 18 → 20, Fargate 0 → 5.');
  });
});

describe('the end of a burst', () => {
  const calm = { calm: 5 };

  it('waits where a time and a number were asked for, and not where only one of them was', () => {
    const action = (more: Partial<BurstLimits>, desired: number) =>
      look({ visible: 0, fargate: { desired, running: desired } }, calm, more);
    expect(action({ fixedTasks: 0, untilMs: at(60) }, 0).action).toBe('rest');
    expect(action({ untilMs: at(60) }, 0)).toMatchObject({ action: 'end', cause: 'calm' });
    expect(action({ fixedTasks: 0 }, 0)).toMatchObject({ action: 'end', cause: 'calm' });
  });

  it('comes where nobody is to work on premises, and not while those who are do not', () => {
    const nobody = { visible: 0, external: { desired: 0, running: 0 }, workers: [] };
    expect(look(nobody, {}, { externalBase: 0 }).memory.calm).toBe(1);
    expect(look({ ...nobody, external: { desired: 20, running: 0 } }).memory.calm).toBe(0);
  });

  it('comes only once both twins are at their base', () => {
    const more = { visible: 0, external: { desired: 22, running: 22 }, workers: tasks('external', 22) };
    expect(look(more, calm, { externalMax: 30 })).toMatchObject({
      action: 'act',
      moves: [{ twin: 'op-external', desiredCount: 20 }],
    });
  });

  it('goes by the time that a message takes and not by the gaps between messages, where none waits', () => {
    // Nine tenths of the time for 15 messages a minute: 20 tasks could do 5.6 a second, and 5.3 came.
    const counts = [
      { atMs: at(-120), visible: 0, pickedUp: 50 },
      { atMs: at(-30), visible: 0, pickedUp: 527 },
    ];
    const told = { atMs: at(-10), pickedUp: 636 };
    const workers = tasks('external', 20, { busy: 0.9 }).map((each) => ({
      ...each,
      points: each.points.map((point, index) => ({
        ...point,
        completions: 15 * (8 + index / 2),
        pickUps: 15 * (8 + index / 2),
        busyMs: 54_000 * (8 + index / 2),
      })),
    }));
    expect(look({ visible: 0, workers }, { counts, told, pickedUp: 636 }).memory.calm).toBe(1);
  });

  it('is not near while the base needs more than half of the time for what waits, however young it is', () => {
    const counts = [130, 60, 30, 12].map((ago) => ({ atMs: at(-ago), visible: 400, pickedUp: 5 * (130 - ago) }));
    const young = (visible: number) => {
      const workers = tasks('external', 20).map((each) => ({
        ...each,
        points: each.points.map((point) => ({ ...point, headSentMs: at(-12), headReceivedMs: point.atMs })),
      }));
      return look(
        { visible, workers },
        { counts, told: { atMs: at(-12), pickedUp: 590 }, pickedUp: 590, externalReports: true },
      ).memory.calm;
    };
    // About 112 s are planned with: in half of them 20 tasks pick up 280.
    expect([young(260), young(320)]).toEqual([1, 0]);
  });
});

describe('the age of the oldest message, where no worker tells it', () => {
  const age = (visible: number, counts: BurstMemory['counts'], more: Seen = {}) =>
    look({ visible, workers: [], ...more }, { counts, pickedUp: 100 }).point[3];

  it('is that of the newest look whose waiting messages have all been picked up since', () => {
    // 20 tasks pick up 50 in the 10 s since the last look: 150 in all.
    const earlier = { atMs: at(-40), visible: 120, pickedUp: 0 };
    expect(age(100, [earlier, { atMs: at(-20), visible: 81, pickedUp: 70 }])).toBe(40);
    expect(age(100, [earlier, { atMs: at(-20), visible: 80, pickedUp: 70 }])).toBe(20);
  });

  it('is else what it takes to pick up so many, at most half the deadline, and at least that of the oldest look', () => {
    const unserved = (ago: number) => [{ atMs: at(-ago), visible: 2_000, pickedUp: 0 }];
    expect(age(100, unserved(10))).toBe(20);
    expect(age(100, unserved(40))).toBe(40);
    expect(age(100, [])).toBe(20);
    expect(age(1_000, unserved(10))).toBe(60);
    expect(age(100, unserved(10), { external: { desired: 0, running: 0 } })).toBe(60);
  });
});

describe('the messages that arrive', () => {
  const rate = (counts: BurstMemory['counts'], memory: Partial<BurstMemory> = {}): number =>
    Number(
      / about (\S+) a second arrive/.exec(look({ workers: [] }, { counts, pickedUp: 300, ...memory }).reason)?.[1],
    );

  it('are those of the last half minute and of the last two minutes, whichever are fewer', () => {
    // 100 wait now and 350 have been picked up.
    const long = { atMs: at(-120), visible: 0, pickedUp: 0 };
    expect(rate([long, { atMs: at(-30), visible: 40, pickedUp: 200 }])).toBe(3.8);
    expect(rate([long, { atMs: at(-30), visible: 100, pickedUp: 305 }])).toBe(1.5);
    expect(rate([long, { atMs: at(-30), visible: 200, pickedUp: 350 }])).toBe(0);
  });

  it('are counted over 35 and 125 s at most, and over 15 s at least', () => {
    const recent = { atMs: at(-20), visible: 90, pickedUp: 300 };
    // 60 in 20 s; over 35 s it is 50 in all.
    expect(rate([{ atMs: at(-35), visible: 100, pickedUp: 300 }, recent])).toBe(1.4);
    expect(rate([{ atMs: at(-36), visible: 100, pickedUp: 300 }, recent])).toBe(1.4);
    expect(rate([{ atMs: at(-125), visible: 100, pickedUp: 225 }, recent])).toBe(1);
    expect(rate([{ atMs: at(-126), visible: 100, pickedUp: 225 }, recent])).toBe(3);
    expect(rate([{ atMs: at(-15), visible: 100, pickedUp: 320 }])).toBe(2);
    // Over less than that what waits came since the oldest of it: 100 in 20 s.
    expect(rate([{ atMs: at(-14), visible: 150, pickedUp: 320 }])).toBe(5);
    expect(rate([])).toBe(5);
  });

  it('are none as long as nothing is known of the time that the counts tell of', () => {
    expect(rate([], { staleSeconds: 30 })).toBe(0);
  });
});

describe('what a look decides on', () => {
  it('is what tasks bring that are being started on premises', () => {
    const needs = (running: number) =>
      look(
        { visible: 900, external: { desired: 30, running }, workers: [] },
        {},
        { externalMax: 30, externalBase: 30 },
      ).moves.find(({ twin }) => twin === 'op-fargate')?.desiredCount ?? 0;
    expect(needs(20)).toBeGreaterThan(needs(30));
    expect(look({ visible: 900, workers: [] }).moves[0]?.desiredCount ?? 0).toBeGreaterThan(needs(20));
  });

  it('is the cap, where more are desired than it allows, and not what Fargate refuses', () => {
    const refused = { atMs: at(-1), reason: 'RESOURCE:FARGATE' };
    const caps = { fargateCaps: { configuration: 6 }, fixedTasks: 8 };
    expect(look({ fargate: { desired: 8, running: 8, refused } }, {}, caps).moves).toEqual([
      { twin: 'op-fargate', desiredCount: 6 },
    ]);
    expect(look({ fargate: { desired: 5, running: 4, refused } }, {}, caps).moves).toEqual([
      { twin: 'op-fargate', desiredCount: 6 },
    ]);
  });

  it('is a trial of what all tasks complete, while messages wait', () => {
    const both = { workers: [...tasks('external', 20), ...tasks('fargate', 4)], fargate: { desired: 4, running: 4 } };
    expect(look(both).memory.trial).toEqual({ tasks: 24, fargate: 4, perTask: 0.25 });
    expect(look({ ...both, visible: 0 }).memory).not.toHaveProperty('trial');
  });

  it('is told as the share that will be late with what is started now', () => {
    const flood = { visible: 3_000, workers: [] };
    const caps = { fargateCaps: { configuration: 6 } };
    // 20 tasks pick up 600 within 120 s, and six more that work after 51.75 s another 102.
    expect(look(flood, {}, caps).expectedLateShare).toBeCloseTo((3_000 - 600 - 1.5 * 68.25) / 3_000, 3);
    expect(look(flood, {}, caps).alarm?.kind).toBe('infeasible');
    expect(look(flood, {}, { ...caps, lateShareMax: 0.8 }).alarm).toBeUndefined();
  });

  it('is carried out before an execution hands over', () => {
    const last = { looks: looksPerExecution - 1 };
    expect(look({ visible: 0 }, last).action).toBe('hand-over');
    expect(look({ visible: 0 }, last, { fixedTasks: 5 }).action).toBe('act');
  });

  it('is told once as a warning, and again when it is another one', () => {
    const flood = { visible: 3_000, workers: [], fargate: { desired: 6, running: 6 } };
    const warned = (before: BurstMemory['warned']) =>
      look(flood, { warned: before }, { fargateCaps: { configuration: 6 } });
    expect(warned(undefined)).toMatchObject({ action: 'act', moves: [], memory: { warned: 'infeasible' } });
    expect(warned('fire').action).toBe('act');
    expect(warned('infeasible').action).toBe('rest');
    expect(look({ visible: 0 }, { warned: 'fire' })).toMatchObject({ action: 'rest', memory: { warned: 'fire' } });
  });
});
