import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carriedOver, decideBurst, looksPerExecution } from './decide-burst.ts';
import type { ObservedBurst, WorkerReport } from './observed-burst.ts';
import { at, sampleLimits as limits } from './sample-burst.ts';
import { type BurstMemory, freshMemory } from './state.ts';

/** A task that has worked without a pause for ten minutes at 4 s a message, and last received a message of that age. */
const busy = (
  capacity: 'external' | 'fargate',
  index: number,
  nowSeconds: number,
  ageSeconds: number,
): WorkerReport => ({
  task: `${capacity}-${index}`,
  capacity,
  slots: 1,
  startedMs: at(nowSeconds - 600),
  everySeconds: 10,
  stopping: false,
  points: [60, 50, 40, 30, 20, 10, 0].map((ago) => ({
    atMs: at(nowSeconds - ago),
    pickUps: (600 - ago) / 4,
    completions: (600 - ago) / 4,
    failures: 0,
    busyMs: (600 - ago) * 1_000,
    headSentMs: at(nowSeconds - ago - ageSeconds),
    headReceivedMs: at(nowSeconds - ago),
  })),
});

const seen = (
  visible: number,
  ageSeconds: number,
  nowSeconds: number,
  more: Partial<ObservedBurst> & { readonly fargateTasks?: number } = {},
): ObservedBurst => {
  const { fargateTasks = 0, ...rest } = more;
  return {
    visible,
    inFlight: 20 + fargateTasks,
    external: { twin: 'op-external', desired: 20, running: 20, pending: 0 },
    fargate: { twin: 'op-fargate', desired: fargateTasks, running: fargateTasks, pending: 0 },
    externalRoom: undefined,
    workers: [
      ...Array.from({ length: 20 }, (_, index) => busy('external', index, nowSeconds, ageSeconds)),
      ...Array.from({ length: fargateTasks }, (_, index) => busy('fargate', index, nowSeconds, ageSeconds)),
    ],
    deadLetters: 0,
    delays: [],
    ...rest,
  };
};

const counts = (decision: ReturnType<typeof decideBurst>): Record<string, number> =>
  Object.fromEntries(decision.moves.map(({ twin, desiredCount }) => [twin, desiredCount]));

describe('how many tasks a burst asks for', () => {
  it('is none while the premises pick up in time all that waits', () => {
    expect(decideBurst(seen(450, 60, 0), freshMemory, limits, at(0))).toMatchObject({ action: 'rest', moves: [] });
  });

  it('is Fargate tasks for what falls due and the premises cannot pick up', () => {
    const decision = decideBurst(seen(900, 60, 0), freshMemory, limits, at(0));
    expect(decision.action).toBe('act');
    expect(counts(decision)['op-fargate']).toBeGreaterThan(0);
  });

  it('is what docs/bursting.md computes by hand, in the words that it quotes', () => {
    const { reason } = decideBurst(seen(900, 60, 0), freshMemory, limits, at(0));
    const page = readFileSync(join(import.meta.dirname, '../../docs/bursting.md'), 'utf8').replaceAll(/\n> /g, ' ');
    expect(reason).toContain('Fargate 0 → 26');
    expect(page).toContain(reason);
  });

  it('is a look ahead of what waits as long as there are none, and by what waits from then on', () => {
    // 5 a second are picked up until all is due in 114 s: 570. 8.3 a second arrive, 3.3 of them too many.
    expect(counts(decideBurst(seen(500, 60, 0), freshMemory, limits, at(0)))).toEqual({});
    expect(counts(decideBurst(seen(560, 60, 0), freshMemory, limits, at(0)))).toEqual({ 'op-fargate': 4 });
    const more = { fargate: { twin: 'op-fargate', desired: 1, running: 0, pending: 1 } };
    expect(counts(decideBurst(seen(560, 60, 0, more), freshMemory, limits, at(0)))).toEqual({});
  });

  it('is not ahead where the objective leaves no time for it: what arrives meanwhile is a guess', () => {
    // A plan of 62 s is over before tasks that are asked for now have worked for 15 s, 67 s from now.
    const arriving = {
      ...{ ...freshMemory, lastLookMs: at(-10), told: { atMs: at(-10), pickedUp: 250 }, pickedUp: 250 },
      counts: [60, 50, 40, 30, 20, 10].map((ago) => ({
        atMs: at(-ago),
        visible: 250 - 4 * ago,
        pickedUp: 5 * (60 - ago),
      })),
    };
    const within = (deadlineSeconds: number) =>
      counts(decideBurst(seen(250, 40, 0), arriving, { ...limits, deadlineSeconds }, at(0)));
    expect([within(68), within(64)]).toEqual([{}, { 'op-fargate': 4 }]);
  });

  it('is sooner by the standard error of the start, which starts that were seen make less', () => {
    // What arrives in 10 s and in the error more: 13.5 s over the root of the starts, 7.8 s of 3, 1.35 s of 100.
    const askedAfter = (starts: number, visible: number) =>
      counts(
        decideBurst(
          seen(visible, 60, 0),
          { ...freshMemory, lag: { starts, meanSeconds: 45, varianceSeconds2: 182.25 } },
          limits,
          at(0),
        ),
      );
    expect([askedAfter(3, 513), askedAfter(3, 506)]).toEqual([{ 'op-fargate': 1 }, {}]);
    expect([askedAfter(100, 532), askedAfter(100, 525)]).toEqual([{ 'op-fargate': 1 }, {}]);
  });

  it('is more once a burst has lasted for 90 s, where Fargate would not be 27 s ahead of the plan', () => {
    // 20 tasks of each kind pick up 10 a second: 1,100 are in time. 530 of them are for Fargate alone.
    const lasting = (seconds: number, visible = 1_100) =>
      decideBurst(
        seen(visible, 100, 0, { fargateTasks: 20 }),
        { ...freshMemory, lastLookMs: at(-10), asked: [{ atMs: at(-seconds), tasks: 20 }], fargateReady: 20 },
        limits,
        at(0),
      );
    expect(counts(lasting(90))).toEqual({});
    expect(counts(lasting(90.001))).toEqual({ 'op-fargate': 31 });
    expect(lasting(90.001).memory.asked).toEqual([
      { atMs: at(-90.001), tasks: 20 },
      { atMs: at(0), tasks: 11 },
    ]);
    // Of 1,050 one task fewer would do, and none is spared where more are needed sooner.
    expect([lasting(90, 1_050).memory.surplus, lasting(91, 1_050).memory.surplus]).toEqual([1, 0]);
    expect(lasting(91).reason).toContain(
      'the premises cannot pick up 531 messages in time, and as the burst lasts Fargate should have them in 87 s, for which 11 tasks more are needed; Fargate 20 → 31.',
    );
    expect(counts(lasting(91, 1_000))).toEqual({});
  });

  it('never passes a cap, and names the least of them', () => {
    const capped = { ...limits, fargateCaps: { configuration: 100, vcpuQuota: 6, subnetAddresses: 50 } };
    const decision = decideBurst(seen(3_000, 60, 0), freshMemory, capped, at(0));
    expect(counts(decision)).toEqual({ 'op-fargate': 6 });
    expect(decision.reason).toContain("the account's Fargate vCPU quota allows 6");
  });

  it('is the base, which runs in any case, where fewer were asked for', () => {
    const asked = (fixedTasks: number) =>
      decideBurst(seen(0, 0, 0), freshMemory, { ...limits, fixedTasks, fargateBase: 2 }, at(0)).reason;
    expect(asked(1)).toContain(': 1 task in Fargate was asked for, and 2 run there in any case; Fargate 0 → 2.');
    expect(asked(2)).toContain(': 2 tasks in Fargate were asked for; Fargate 0 → 2.');
  });

  it('is what was asked for, where a number was', () => {
    expect(counts(decideBurst(seen(0, 0, 0), freshMemory, { ...limits, fixedTasks: 5 }, at(0)))).toEqual({
      'op-fargate': 5,
    });
  });
});

describe('giving back', () => {
  // Nothing has come for a minute. 20 tasks on premises pick up 5 a second, about 260 until all that waits is due.
  const drained = (visible: number, more: Partial<BurstMemory> = {}, ageSeconds = 65) =>
    decideBurst(
      seen(visible, ageSeconds, 0, { fargateTasks: 10 }),
      {
        ...freshMemory,
        lastLookMs: at(-10),
        surplus: 10,
        asked: [{ atMs: at(-600), tasks: 10 }],
        fargateReady: 10,
        counts: [60, 50, 40, 30, 20, 10].map((ago) => ({
          atMs: at(-ago),
          visible: visible + 7.5 * ago,
          pickedUp: 7.5 * (60 - ago),
        })),
        told: { atMs: at(-10), pickedUp: 7.5 * 50 },
        pickedUp: 7.5 * 50,
        ...more,
      },
      limits,
      at(0),
    );

  it('waits while Fargate has work that the premises cannot do in time, even where fewer tasks would do', () => {
    expect(drained(300)).toMatchObject({ action: 'rest', moves: [], memory: { surplus: 5 } });
  });

  it('is of all tasks where at most a fifth would stay, their paid minute or not, and of none in it where more would', () => {
    const asked = (secondsAgo: number) => [{ atMs: at(-secondsAgo), tasks: 10 }];
    expect(counts(drained(215, { surplus: 8 }))).toEqual({ 'op-fargate': 0 });
    expect(counts(drained(215, { surplus: 7 }))).toEqual({ 'op-fargate': 3 });
    expect(counts(drained(215, { surplus: 8, asked: asked(69) }))).toEqual({ 'op-fargate': 0 });
    expect(counts(drained(215, { surplus: 7, asked: asked(69) }))).toEqual({});
    expect(counts(drained(215, { surplus: 7, asked: asked(70) }))).toEqual({ 'op-fargate': 3 });
  });

  it('looks at what falls due from half a look on: what is due sooner nobody can pick up', () => {
    // In 5 s 13 messages more than the premises and three tasks can pick up are due, in 20 s so many fewer.
    const { memory, moves } = drained(190, { surplus: 10 }, 114);
    expect(memory.surplus).toBe(4);
    expect(moves).toEqual([{ twin: 'op-fargate', desiredCount: 6 }]);
  });

  it('keeps tasks for what goes on to arrive beyond what the premises pick up, whether something waits or not', () => {
    // 5.5 a second arrive and 5 are picked up on premises: two tasks have work.
    const flowing = (askedSecondsAgo: number) =>
      drained(0, {
        asked: [{ atMs: at(-askedSecondsAgo), tasks: 10 }],
        counts: [60, 50, 40, 30, 20, 10].map((ago) => ({
          atMs: at(-ago),
          visible: 2 * ago,
          pickedUp: 7.5 * (60 - ago),
        })),
      });
    expect(counts(flowing(600))).toEqual({ 'op-fargate': 2 });
    expect(counts(flowing(30))).toEqual({});
  });

  it('keeps what is spared where a message waits that the premises cannot pick up in time, few as may stay', () => {
    expect(counts(drained(3, { surplus: 8 }, 118))).toEqual({ 'op-fargate': 2 });
    expect(counts(drained(3, { surplus: 8 }, 60))).toEqual({ 'op-fargate': 0 });
  });

  it('is of all tasks when the premises can do what is left', () => {
    expect(counts(drained(200))).toEqual({ 'op-fargate': 0 });
  });
});

describe('the end of the looks', () => {
  const remember = (more: Partial<BurstMemory>): BurstMemory => ({ ...freshMemory, lastLookMs: at(-10), ...more });

  it('comes only after calmLooks looks at which the base was enough', () => {
    expect(decideBurst(seen(0, 0, 0), remember({ calm: 1 }), limits, at(0)).action).toBe('rest');
    expect(decideBurst(seen(0, 0, 0), remember({ calm: 2 }), limits, at(0))).toMatchObject({
      action: 'end',
      cause: 'calm',
    });
  });

  it('does not come while Fargate keeps the queue empty and more arrives than the base can carry', () => {
    // 20 tasks pick up 5 a second; 10 tasks of Fargate work too, and all 30 have picked up 7.5 a second for a minute.
    const busyWith = (calm: number) =>
      decideBurst(
        seen(0, 0, 0, { fargateTasks: 10 }),
        remember({
          calm,
          asked: [{ atMs: at(-600), tasks: 10 }],
          fargateReady: 10,
          counts: [130, 120, 60, 30].map((ago) => ({ atMs: at(-ago), visible: 0, pickedUp: (130 - ago) * 7.5 })),
          told: { atMs: at(-10), pickedUp: 120 * 7.5 },
          pickedUp: 120 * 7.5,
        }),
        limits,
        at(0),
      );
    expect(busyWith(5)).toMatchObject({ action: 'rest', moves: [], memory: { calm: 0 } });
  });

  it('does not come while the tasks on premises are silent, whatever ECS tells of them', () => {
    const nobody = seen(0, 0, 0, {
      workers: Array.from({ length: 20 }, (_, index) => busy('external', index, -40, 0)),
    });
    expect(decideBurst(nobody, remember({ calm: 5 }), limits, at(0))).toMatchObject({ memory: { calm: 0 } });
  });

  it('comes when the time is over, whatever waits', () => {
    const timed = { ...limits, fixedTasks: 5, untilMs: at(60) };
    const held = { fargateTasks: 5 };
    expect(decideBurst(seen(500, 30, 59, held), freshMemory, timed, at(59)).moves).toEqual([]);
    expect(counts(decideBurst(seen(500, 30, 60, held), freshMemory, timed, at(60)))).toEqual({ 'op-fargate': 0 });
    expect(decideBurst(seen(500, 30, 60), freshMemory, timed, at(60))).toMatchObject({
      action: 'end',
      cause: 'time-over',
    });
  });

  it('comes when somebody recalls it, whatever waits and whatever time was asked for', () => {
    const recalled = { ...limits, fixedTasks: 5, untilMs: at(600), recalled: 'ada recalled it: too dear' };
    const going = decideBurst(seen(500, 30, 60, { fargateTasks: 5 }), freshMemory, recalled, at(60));
    expect(counts(going)).toEqual({ 'op-fargate': 0 });
    expect(going.reason).toMatch(/: ada recalled it: too dear; Fargate 5 → 0\.$/);
    const gone = decideBurst(seen(500, 30, 60), freshMemory, recalled, at(60));
    expect(gone).toMatchObject({ action: 'end', cause: 'by-hand' });
    expect(gone.reason).toMatch(/\. Both twins are at their base: ada recalled it: too dear\.$/);
  });

  it('hands over at the last look of an execution and not before', () => {
    const look = (looks: number) => decideBurst(seen(300, 60, 0), remember({ looks }), limits, at(0));
    expect(look(looksPerExecution - 2).action).toBe('rest');
    expect(look(looksPerExecution - 1)).toMatchObject({ action: 'hand-over', memory: { looks: 0 } });
  });
});

describe('that the objective cannot be met', () => {
  it('is told from one message on that will be late, not of a fraction of one', () => {
    // Of what came within 121 s one in 121 is late already.
    const waiting = (visible: number) => decideBurst(seen(visible, 121, 0), freshMemory, limits, at(0)).alarm;
    expect(waiting(120)).toBeUndefined();
    expect(waiting(122)).toMatchObject({ kind: 'infeasible' });
    expect(waiting(122)?.reason).toBe(
      'about 1 message (0.8 %) will be picked up later than 120 s, whatever is started now',
    );
  });

  it('is told with what allows no more tasks, where more would be in time', () => {
    const told = (more: Partial<typeof limits>, memory: Partial<BurstMemory> = {}) =>
      decideBurst(seen(900, 60, 0), { ...freshMemory, ...memory }, { ...limits, ...more }, at(0)).alarm?.reason.replace(
        /^about \d+ messages \([\d.]+ %\) will be picked up later than 120 s, /,
        '',
      );
    expect([told({}), told({ fixedTasks: 26 })]).toEqual([undefined, undefined]);
    expect(told({ fargateCaps: { configuration: 8 } })).toBe(
      'as fargate.maxTasks allows 8 of the 26 tasks in Fargate that would be needed',
    );
    expect(told({ dailyUsdMax: 0.02 })).toBe(
      'as the daily budget ($0.02 of $0.02 left) allows 6 of the 26 tasks in Fargate that would be needed',
    );
    expect(told({ fixedTasks: 1 })).toBe('as 1 task in Fargate was asked for, and 26 would be needed');
    expect(told({ fixedTasks: 2 })).toBe('as 2 tasks in Fargate were asked for, and 26 would be needed');
    expect(told({ fixedTasks: 9, fargateCaps: { configuration: 8 } })).toBe(
      'as fargate.maxTasks allows 8 of the 26 tasks in Fargate that would be needed',
    );
    const doubted = (tried: number) => told({}, { trial: { tasks: tried, fargate: 0, perTask: 0.25, doubted: true } });
    expect(doubted(20)).toBe('as only 10 tasks in Fargate of 26 are tried, since added ones have added nothing before');
    const trial = { tasks: 14, fargate: 0, perTask: 0.25, doubted: true as const };
    expect(decideBurst(seen(900, 60, 0), { ...freshMemory, trial }, limits, at(0)).reason).toContain(
      '; as added tasks have added nothing before, 1 task is tried first; Fargate 0 → 1.',
    );
    expect(doubted(14)).toBe('as only 1 task in Fargate of 26 is tried, since added ones have added nothing before');
    for (const more of [{ recalled: 'ada recalled it' }, { untilMs: at(0) }])
      expect(told(more)).toBe('as the burst is over');
  });

  it('is told of what is late already as of what no task would help', () => {
    const told = (more: Partial<typeof limits>) =>
      decideBurst(seen(122, 121, 0), freshMemory, { ...limits, ...more }, at(0)).alarm?.reason;
    for (const more of [{ fargateCaps: { configuration: 0 } }, { fixedTasks: 0 }, { fixedTasks: 3 }])
      expect(told(more)).toMatch(/ later than 120 s, whatever is started now$/);
    expect(told({ fixedTasks: 9, fargateCaps: { configuration: 8 } })).toMatch(
      / as fargate.maxTasks allows 8 of the 9 tasks in Fargate that would be needed$/,
    );
  });
});

describe('what a burst leaves to the next one', () => {
  const spent = { atMs: at(0), hourUsd: 0.5, dayUsd: 2 };
  const lag = { starts: 30, meanSeconds: 41, varianceSeconds2: 9 };

  it('is what it cost, how fast tasks start, and how far counts and reports can be trusted; nothing else', () => {
    const last = { ...freshMemory, looks: 40, calm: 3, staleSeconds: 12, externalReports: true, spent, lag };
    expect(carriedOver(last)).toEqual({ ...freshMemory, staleSeconds: 12, externalReports: true, spent, lag });
  });

  it('is nothing where none was before, or where it had seen neither', () => {
    expect(carriedOver(undefined)).toEqual(freshMemory);
    const next = carriedOver({ ...freshMemory, looks: 3 });
    expect(next).toEqual(freshMemory);
    expect(next).not.toHaveProperty('spent');
    expect(next).not.toHaveProperty('lag');
  });
});

describe('what a look goes by', () => {
  it('is a refusal by Fargate for a minute, as long as tasks are missing: it is said, and no less is asked for', () => {
    const refusedAgo = (seconds: number, placed: { running: number; pending: number } = { running: 0, pending: 0 }) =>
      decideBurst(
        seen(900, 60, 0, {
          fargate: {
            twin: 'op-fargate',
            desired: 2,
            ...placed,
            refused: { atMs: at(-seconds), reason: ' RESOURCE:FARGATE ' },
          },
        }),
        freshMemory,
        limits,
        at(0),
      );
    for (const each of [refusedAgo(60), refusedAgo(60.001)]) expect(counts(each)).toEqual({ 'op-fargate': 22 });
    const says = (missing: string) =>
      `; ECS finds no place in Fargate for ${missing} (RESOURCE:FARGATE) and tries again.`;
    expect(refusedAgo(60).reason).toContain(`Fargate 2 → 22${says('2 tasks')}`);
    expect(refusedAgo(1, { running: 0, pending: 1 }).reason).toContain(says('1 task'));
    for (const over of [
      refusedAgo(60.001),
      refusedAgo(1, { running: 0, pending: 2 }),
      refusedAgo(1, { running: 1, pending: 1 }),
    ])
      expect(over.reason).not.toContain('finds no place');
  });

  it('is a refusal for as long as tasks are missing, once a look has seen it: ECS says so once in six hours', () => {
    const look = (seconds: number, refusedSeconds: number, pending: number, memory: BurstMemory) =>
      decideBurst(
        seen(900, 60, seconds, {
          fargate: {
            twin: 'op-fargate',
            desired: 2,
            running: 0,
            pending,
            refused: { atMs: at(refusedSeconds), reason: 'RESOURCE:FARGATE' },
          },
        }),
        memory,
        limits,
        at(seconds),
      );
    const first = look(0, -5, 0, freshMemory);
    expect(first.memory.refusedMs).toBe(at(-5));
    const later = look(300, -5, 0, first.memory);
    expect(later.reason).toContain('; ECS finds no place in Fargate for 2 tasks (RESOURCE:FARGATE) and tries again.');
    expect(later.memory.refusedMs).toBe(at(-5));
    // An older one that nobody saw, and one that was over meanwhile, say nothing of now.
    expect(look(300, -6, 0, first.memory).reason).not.toContain('finds no place');
    const placed = look(300, -5, 2, first.memory);
    expect(placed.memory).not.toHaveProperty('refusedMs');
    expect(look(310, -5, 0, placed.memory).reason).not.toContain('finds no place');
  });

  it('is while Fargate has no room only what tasks can do in 30 s once they are ready, and 15 s otherwise', () => {
    // In 66.8 s 414 of 700 are due and 334 served, in 81.8 s 505 and 409: 80 are more in 15 s than 96 in 30 s.
    const asked = (ago: number) => {
      const refused = { atMs: at(-ago), reason: 'RESOURCE:FARGATE' };
      const fargate = { twin: 'op-fargate', desired: 2, running: 0, pending: 0, refused };
      return decideBurst(seen(700, 115, 0, { fargate }), freshMemory, limits, at(0));
    };
    expect(counts(asked(61))).toEqual({ 'op-fargate': 22 });
    expect(counts(asked(60))).toEqual({ 'op-fargate': 13 });
    expect(asked(60).reason).toContain('in 82 s, for which 11 tasks more are needed');
  });

  it('is of a task that Fargate has no place for that it starts at the earliest now', () => {
    const memory = { ...freshMemory, asked: [{ atMs: at(-300), tasks: 5 }] };
    const observed = seen(900, 60, 0, {
      fargate: {
        twin: 'op-fargate',
        desired: 5,
        running: 0,
        pending: 2,
        refused: { atMs: at(-5), reason: 'RESOURCE:FARGATE' },
      },
    });
    expect(decideBurst(observed, memory, limits, at(0)).memory.asked.slice(0, 2)).toEqual([
      { atMs: at(-300), tasks: 2 },
      { atMs: at(0), tasks: 3 },
    ]);
    // Where nothing more is asked for, the counts stay, and that is told too.
    expect(decideBurst(observed, memory, { ...limits, fixedTasks: 5 }, at(0)).reason).toMatch(
      /the counts stay at external 20, Fargate 5; ECS finds no place in Fargate for 3 tasks \(RESOURCE:FARGATE\) and tries again\./,
    );
  });

  it('is a dead-letter queue that grew by ten within two minutes: nothing is added but what a person asked for', () => {
    const grown = (by: number, ago: number, wanted = {}) =>
      decideBurst(
        seen(900, 60, 0, { deadLetters: 5 + by, workers: [] }),
        { ...freshMemory, deadLetters: { atMs: at(-ago), messages: 5 } },
        { ...limits, ...wanted },
        at(0),
      );
    expect(grown(10, 119)).toMatchObject({ moves: [], memory: { held: { kind: 'fire' } }, alarm: { kind: 'fire' } });
    expect(grown(10, 119).reason).toMatch(/the failures explain the backlog; nothing is added\.$/);
    expect(grown(9, 119).memory.held).toBeUndefined();
    expect(counts(grown(10, 119, { fixedTasks: 4 }))).toEqual({ 'op-fargate': 4 });
    // After two minutes it is counted anew.
    expect(grown(10, 120)).toMatchObject({ memory: { deadLetters: { atMs: at(0), messages: 15 } } });
    expect(grown(10, 120).memory.held).toBeUndefined();
  });

  it('is that added tasks added nothing, for as long as that is held', () => {
    const held = (untilSeconds: number, taskDefinition?: string) =>
      decideBurst(
        seen(900, 60, 0, { fargate: { twin: 'op-fargate', desired: 0, running: 0, pending: 0, taskDefinition } }),
        { ...freshMemory, held: { untilMs: at(untilSeconds), fargate: 0, kind: 'no-gain' } },
        limits,
        at(0),
      );
    expect(held(1)).toMatchObject({ moves: [], alarm: { kind: 'no-gain' } });
    expect(held(1).reason).toContain('Added tasks have added no throughput; nothing is added.');
    expect(counts(held(0))).toEqual({ 'op-fargate': 26 });
    // Where nothing more would be asked for there is nothing to tell.
    expect(decideBurst(seen(10, 2, 10), held(20).memory, limits, at(10))).not.toHaveProperty('alarm');
    // It says nothing of one task definition only.
    expect(held(1, 'op:8').moves).toEqual([]);
  });

  describe('is that tasks end as soon as they have started', () => {
    const starts = [0, -40, -80].map((seconds) => ({ atMs: at(seconds), tasks: 4 }));
    /** Four tasks asked for so long ago, of which ECS tells what it likes and nobody hears. */
    const looping = (
      askedSecondsAgo: number,
      more: Partial<ObservedBurst['fargate']> = {},
      wanted = {},
      [visible, ageSeconds]: readonly [number, number] = [900, 60],
      workers = seen(visible, ageSeconds, 0).workers,
    ) =>
      decideBurst(
        seen(visible, ageSeconds, 0, {
          workers,
          fargate: { twin: 'op-fargate', desired: 4, running: 3, pending: 1, starts, taskDefinition: 'op:7', ...more },
        }),
        { ...freshMemory, asked: [{ atMs: at(-askedSecondsAgo), tasks: 4 }] },
        { ...limits, ...wanted },
        at(0),
      );

    it('from a minute after they were asked for: they are given back, also those that a person asked for', () => {
      expect(counts(looping(60))).toEqual({ 'op-fargate': 0 });
      expect(looping(60).alarm).toEqual({
        kind: 'crash-loop',
        reason: 'ECS has started 12 tasks in 180 s for 4 that do not work: they end as soon as they have started',
      });
      expect(looping(60).memory.held).toEqual({
        ...{ untilMs: at(300), fargate: 0, kind: 'crash-loop', taskDefinition: 'op:7' },
      });
      expect(counts(looping(60, {}, { fixedTasks: 4 }))).toEqual({ 'op-fargate': 0 });
      expect(counts(looping(60, {}, { fargateBase: 1 }))).toEqual({ 'op-fargate': 1 });
      expect(looping(60, {}, {}, [10, 2])).toMatchObject({ alarm: { kind: 'crash-loop' } });
      expect(looping(59).alarm?.kind).not.toBe('crash-loop');
      expect(looping(60, { starts: starts.slice(1) }).alarm?.kind).not.toBe('crash-loop');
      expect(looping(60, { taskDefinition: undefined }).memory.held).not.toHaveProperty('taskDefinition');
      // What another release of the service did says nothing of this one.
      expect(looping(60, { deploymentMs: at(-80) }).alarm?.kind).toBe('crash-loop');
      expect(looping(60, { deploymentMs: at(-79) }).alarm?.kind).not.toBe('crash-loop');
    });

    it('and not one slow start after many good ones', () => {
      const { workers } = seen(900, 60, 0);
      const began = (secondsAgo: number) =>
        decideBurst(
          seen(900, 60, 0, {
            fargate: { twin: 'op-fargate', desired: 4, running: 3, pending: 1, starts },
            workers: [...workers, { ...busy('fargate', 0, 0, 60), startedMs: at(-secondsAgo) }],
          }),
          { ...freshMemory, asked: [{ atMs: at(-60), tasks: 4 }] },
          limits,
          at(0),
        );
      expect(began(90).alarm?.kind).toBe('crash-loop');
      // A task that started on premises says nothing of those in Fargate.
      const [first, ...others] = workers;
      const onPremises = first && [{ ...first, startedMs: at(-10) }, ...others];
      expect(looping(60, {}, {}, [900, 60], onPremises).alarm?.kind).toBe('crash-loop');
      expect(began(80).alarm?.kind).not.toBe('crash-loop');
    });

    it('and nothing more is asked for during five minutes, unless the twin is on another task definition', () => {
      const later = (seconds: number, taskDefinition: string | undefined, heldOf: string | undefined = 'op:7') =>
        decideBurst(
          seen(900, 60, 0, { fargate: { twin: 'op-fargate', desired: 0, running: 0, pending: 0, taskDefinition } }),
          {
            ...freshMemory,
            held: {
              ...{ untilMs: at(300), fargate: 0, kind: 'crash-loop' },
              ...(heldOf && { taskDefinition: heldOf }),
            },
          },
          limits,
          at(seconds),
        );
      expect(later(299, 'op:7')).toMatchObject({ moves: [], alarm: { kind: 'crash-loop' } });
      expect(later(299, 'op:7').reason).toContain(
        'Added tasks have ended as soon as they had started; nothing is added.',
      );
      expect(later(299, undefined, '')).toMatchObject({ moves: [], alarm: { kind: 'crash-loop' } });
      for (const free of [later(300, 'op:7'), later(299, 'op:8')])
        expect(counts(free)['op-fargate']).toBeGreaterThan(0);
    });
  });

  it('is the room that the machines have for further tasks', () => {
    const room = (externalRoom: number) =>
      decideBurst(
        seen(900, 60, 0, {
          externalRoom,
          external: { twin: 'op-external', desired: 20, running: 18, pending: 2 },
        }),
        freshMemory,
        { ...limits, externalMax: 30 },
        at(0),
      );
    expect(counts(room(5))['op-external']).toBe(25);
    expect(counts(room(50))['op-external']).toBe(30);
    expect(counts(room(0))['op-external']).toBeUndefined();
  });

  it('remembers 64 counts at least of the time in which what waits came, and of what is older every second one', () => {
    const earlier = Array.from({ length: 80 }, (_, index) => ({
      atMs: at(-1 - 10 * (80 - index)),
      visible: 900,
      pickedUp: 0,
    }));
    const { memory } = decideBurst(seen(900, 900, 0), { ...freshMemory, counts: earlier }, limits, at(0));
    // 81 with this look; of the 49 before the newest 32 every second one is kept.
    expect(memory.counts).toHaveLength(32 + 25);
    expect(memory.counts.slice(0, 2).map(({ atMs }) => atMs)).toEqual([at(-801), at(-781)]);
    expect(memory.counts.slice(-2).map(({ atMs }) => atMs)).toEqual([at(-11), at(0)]);
  });

  it('is paid for as ECS counts it: without what it has no room for, and with what is spared although given back', () => {
    const paid = (running: number, pending: number, fargateBase = 0) =>
      decideBurst(
        seen(0, 0, 10, { fargate: { twin: 'op-fargate', desired: 3, running, pending } }),
        { ...freshMemory, lastLookMs: at(0), asked: [{ atMs: at(0), tasks: 3 }] },
        { ...limits, fargateBase, fargateHourlyUsd: 3.6 },
        at(10),
      ).memory;
    expect(paid(1, 0)).toMatchObject({ fargateTaskSeconds: 10, costUsd: 0.01, spent: { hourUsd: 0.01, dayUsd: 0.01 } });
    expect(paid(2, 3).fargateTaskSeconds).toBe(50);
    expect(paid(2, 3, 1).fargateTaskSeconds).toBe(40);
    expect(paid(0, 1, 2).fargateTaskSeconds).toBe(0);
  });

  it('is paid for by the mean of before and after where nobody looked for longer than a look', () => {
    const paid = (elapsed: number, before: number | undefined, fargateBase = 0) =>
      decideBurst(
        seen(0, 0, 10, { fargate: { twin: 'op-fargate', desired: 3, running: 3, pending: 0 } }),
        { ...freshMemory, lastLookMs: at(0), ...(before !== undefined && { paidTasks: before }) },
        { ...limits, fargateBase },
        at(elapsed),
      ).memory;
    expect(paid(10, 1)).toMatchObject({ paidTasks: 3, fargateTaskSeconds: 30 });
    expect(paid(110, 1).fargateTaskSeconds).toBe(30 + 200);
    expect(paid(110, 0).fargateTaskSeconds).toBe(30 + 150);
    expect(paid(110, undefined).fargateTaskSeconds).toBe(330);
    expect(paid(110, 1, 1)).toMatchObject({ paidTasks: 2, fargateTaskSeconds: 20 + 150 });
  });

  it('is paid for while it is spared at its work after it was given back, however late the looks', () => {
    const look = (desired: number, running: number, fixedTasks: number, nowSeconds = 10) =>
      decideBurst(
        seen(0, 0, nowSeconds, { fargate: { twin: 'op-fargate', desired, running, pending: 0 } }),
        { ...freshMemory, lastLookMs: at(0), asked: [{ atMs: at(-600), tasks: desired }] },
        { ...limits, fixedTasks },
        at(nowSeconds),
      ).memory.paidTasks;
    // Given back now it may go at once, or be spared; at the next look that is known.
    expect([look(2, 2, 0), look(0, 2, 0), look(1, 3, 1), look(1, 3, 2)]).toEqual([0, 2, 3, 3]);
  });

  it('is asked for again where the next look, within 15 s, does not show it, and counts on as asked for', () => {
    const look = (desired: number, asked: BurstMemory['asked'], nowSeconds = 10, fixedTasks = 2, fargateBase = 0) => {
      const decision = decideBurst(
        seen(0, 0, nowSeconds, { fargate: { twin: 'op-fargate', desired, running: 0, pending: 0 } }),
        { ...freshMemory, lastLookMs: at(0), direction: 'up', asked },
        { ...limits, fixedTasks, fargateBase },
        at(nowSeconds),
      );
      const { asked: after } = decision.memory;
      return [counts(decision)['op-fargate'], after.map(({ atMs, tasks }) => [(atMs - at(0)) / 1_000, tasks])];
    };
    const atLastLook = [{ atMs: at(0), tasks: 2 }];
    expect(look(0, atLastLook)).toEqual([2, [[0, 2]]]);
    expect(look(0, atLastLook, 15)).toEqual([2, [[0, 2]]]);
    // Beside a base, which is none of them.
    expect(look(1, atLastLook, 10, 3, 1)).toEqual([3, [[0, 2]]]);
    // Later it is no late read, and starts anew.
    expect(look(0, atLastLook, 16)).toEqual([2, [[16, 2]]]);
    expect(look(2, atLastLook)).toEqual([undefined, [[0, 2]]]);
    expect(look(1, atLastLook)).toEqual([2, [[0, 2]]]);
    expect(look(0, atLastLook, 10, 3)).toEqual([
      3,
      [
        [0, 2],
        [10, 1],
      ],
    ]);
    // What was asked for before has been there, and somebody else took it away.
    const before = [{ atMs: at(-10), tasks: 2 }];
    expect(look(0, before)).toEqual([2, [[10, 2]]]);
    expect(look(0, [...before, { atMs: at(0), tasks: 1 }], 10, 3)).toEqual([
      3,
      [
        [-10, 1],
        [10, 2],
      ],
    ]);
  });

  it('counts as started what has come since the last look, and at the first look nothing', () => {
    const started = (running: number, memory: Partial<BurstMemory>) =>
      decideBurst(
        seen(0, 0, 10, { fargate: { twin: 'op-fargate', desired: 3, running, pending: 0 } }),
        { ...freshMemory, fargateStarts: 5, asked: [{ atMs: at(0), tasks: 3 }], ...memory },
        { ...limits, fixedTasks: 3 },
        at(10),
      ).memory.fargateStarts;
    const present = [{ atMs: at(-60), tasks: 1 }];
    expect(started(3, { lastLookMs: at(0), present })).toBe(7);
    expect(started(0, { lastLookMs: at(0), present })).toBe(5);
    expect(started(3, {})).toBe(5);
  });

  it('is given back in words where the next look does not show it, before a burst ends', () => {
    const recalled = (desired: number, asked: BurstMemory['asked'], nowSeconds = 10) => {
      const decision = decideBurst(
        seen(0, 0, nowSeconds, { fargate: { twin: 'op-fargate', desired, running: 0, pending: 0 } }),
        { ...freshMemory, lastLookMs: at(0), asked },
        { ...limits, recalled: 'somebody recalled it' },
        at(nowSeconds),
      );
      return [decision.action, counts(decision)['op-fargate']];
    };
    const atLastLook = [{ atMs: at(0), tasks: 2 }];
    expect(recalled(0, atLastLook)).toEqual(['act', 0]);
    expect(recalled(2, atLastLook)).toEqual(['act', 0]);
    expect(recalled(0, atLastLook, 16)).toEqual(['end', undefined]);
    expect(recalled(0, [])).toEqual(['end', undefined]);
  });

  it('is paid for until ECS told it to stop, where the last look was a late read', () => {
    const look = (stops?: readonly { readonly atMs: number; readonly tasks: number }[]) =>
      decideBurst(
        seen(0, 0, 110, {
          fargate: { ...{ twin: 'op-fargate', desired: 0, running: 0, pending: 0 }, ...(stops && { stops }) },
        }),
        { ...freshMemory, lastLookMs: at(100), present: [{ atMs: at(86), tasks: 2 }], paidTasks: 0 },
        limits,
        at(110),
      ).memory.fargateTaskSeconds;
    expect(look()).toBe(2 * 56);
    expect(look([{ atMs: at(88), tasks: 2 }])).toBe(2 * -4);
  });

  it('is not paid for where ECS never heard of it, since the call that asked for it failed', () => {
    const paid = (desired: number, asked: BurstMemory['asked']) =>
      decideBurst(
        seen(0, 0, 110, { fargate: { twin: 'op-fargate', desired, running: 0, pending: 0 } }),
        { ...freshMemory, lastLookMs: at(0), paidTasks: 3, asked },
        limits,
        at(110),
      ).memory.fargateTaskSeconds;
    const atLastLook = [{ atMs: at(0), tasks: 3 }];
    expect([paid(0, atLastLook), paid(2, atLastLook), paid(3, atLastLook)]).toEqual([0, 100, 150]);
    // Those of an earlier look were there, until somebody took them away.
    expect(paid(0, [{ atMs: at(-10), tasks: 3 }])).toBe(150);
  });

  it('is not paid for where ECS has refused it since the last look', () => {
    const paid = (refusedMs: number, running = 0) =>
      decideBurst(
        seen(0, 0, 110, {
          fargate: {
            ...{ twin: 'op-fargate', desired: 3, running, pending: 0 },
            refused: { atMs: refusedMs, reason: 'no capacity' },
          },
        }),
        { ...freshMemory, lastLookMs: at(0), paidTasks: 3 },
        limits,
        at(110),
      ).memory.fargateTaskSeconds;
    expect([paid(at(-1)), paid(at(0)), paid(at(109))]).toEqual([150, 0, 0]);
    // As many as were to be there are: the one that is there was there all the time.
    expect(paid(at(0), 1)).toBe(110);
  });

  it('is not paid for where nobody looked, it is not there, and ECS tells of no start of it', () => {
    const paid = (starts: readonly number[] | undefined, present = 0, running = 0) =>
      decideBurst(
        seen(0, 0, 110, {
          fargate: {
            ...{ twin: 'op-fargate', desired: 3, running, pending: 0 },
            ...(starts && { starts: starts.map((seconds) => ({ atMs: at(seconds), tasks: 1 })) }),
          },
        }),
        {
          ...freshMemory,
          ...{ lastLookMs: at(0), startsToldMs: at(-20), paidTasks: 3 },
          ...(present > 0 && { present: [{ atMs: at(-900), tasks: present }] }),
        },
        limits,
        at(110),
      ).memory.fargateTaskSeconds;
    // The look is 10 s long; before it nobody looked for 100. Half of what may have been there counts.
    expect(paid(undefined)).toBe(150);
    expect(paid([])).toBe(0);
    // Told of at the last look already.
    expect(paid([-20])).toBe(0);
    // What was there is gone: half of the time, and its stop.
    expect(paid([], 2)).toBe(100 + 2 * 10);
    // One was there all the time, another came at 20, and what came at 30 has gone within its minute.
    expect(paid([20, 30], 1, 2)).toBe(20 + 100 + 80 + 60);
    // What is there has come whether ECS tells of it or not.
    expect(paid([], 0, 3)).toBe(30 + 300);
  });

  it('is paid for beyond what ECS counts: the stop, and the rest of the first minute of what went or was started again', () => {
    const look = (running: number, more: Partial<BurstMemory> = {}, starts: readonly number[] = [], nowSeconds = 110) =>
      decideBurst(
        seen(0, 0, nowSeconds, {
          fargate: {
            ...{ twin: 'op-fargate', desired: 3, running, pending: 0 },
            starts: starts.map((seconds) => ({ atMs: at(seconds), tasks: 1 })),
          },
        }),
        {
          ...freshMemory,
          ...{ lastLookMs: at(100), asked: [{ atMs: at(60), tasks: 3 }] },
          ...{ present: [{ atMs: at(60), tasks: 3 }], ...more },
        },
        limits,
        at(nowSeconds),
      ).memory;
    expect(look(3)).toMatchObject({ present: [{ atMs: at(60), tasks: 3 }], taskHourUsd: limits.fargateHourlyUsd });
    expect(look(3).fargateTaskSeconds).toBe(30);
    // Paid for until 130, and counted until 100.
    expect(look(2).fargateTaskSeconds).toBe(20 + 30);
    // Asked for at 60, started again at 105; what was started up to the last look was seen then.
    expect(look(3, {}, [105]).fargateTaskSeconds).toBe(30 + 25);
    expect(look(3, {}, [100]).fargateTaskSeconds).toBe(30);
    expect(look(4, { present: [] }).present).toEqual([
      { atMs: at(60), tasks: 3 },
      { atMs: at(110), tasks: 1 },
    ]);
    // Ten seconds without a look: of what was to be there half of them count, and so much less is left of its minute.
    expect(look(2, { paidTasks: 3 }, [], 120).fargateTaskSeconds).toBe(20 + 25 + 25);
    expect(look(2, { paidTasks: 2 }, [], 120).fargateTaskSeconds).toBe(20 + 20 + 30);
  });

  it('is paid for where nobody looked from when ECS says that it came, and for what came and went a minute at least', () => {
    const paid = (running: number, starts: readonly (readonly [number, number])[], before = 0) =>
      decideBurst(
        seen(0, 0, 110, {
          fargate: {
            ...{ twin: 'op-fargate', desired: 3, running, pending: 0 },
            starts: starts.map(([seconds, count]) => ({ atMs: at(seconds), tasks: count })),
          },
        }),
        {
          ...freshMemory,
          ...{ lastLookMs: at(0), asked: [{ atMs: at(0), tasks: 3 }], paidTasks: 3 },
          ...(before > 0 && { present: [{ atMs: at(-90), tasks: before }] }),
        },
        limits,
        at(110),
      ).memory.fargateTaskSeconds;
    // The look is 10 s long; before it nobody looked for 100.
    expect(paid(3, [[2, 3]])).toBe(3 * (10 + 98));
    expect(paid(3, [[60, 3]])).toBe(3 * (10 + 40));
    expect(paid(3, [[105, 3]])).toBe(3 * 10);
    // One was there, and two came.
    expect(paid(3, [[60, 2]], 1)).toBe(3 * 10 + 100 + 2 * 40);
    // Two of three came; of the third nobody says when.
    expect(paid(3, [[60, 2]])).toBe(3 * 10 + 100 + 2 * 40);
    expect(paid(0, [[10, 3]])).toBe(3 * 60);
    expect(paid(1, [[60, 3]])).toBe(10 + 40 + 2 * 60);
  });

  it('is paid for whatever a look, a late read, did not show of what ECS had started, once', () => {
    const look = (nowSeconds: number, starts: readonly number[], memory: BurstMemory, running = 1) =>
      decideBurst(
        seen(0, 0, nowSeconds, {
          fargate: {
            ...{ twin: 'op-fargate', desired: running, running, pending: 0 },
            starts: starts.map((seconds) => ({ atMs: at(seconds), tasks: 1 })),
          },
        }),
        memory,
        { ...limits, fixedTasks: 1 },
        at(nowSeconds),
      ).memory;
    const first = look(0, [-30], freshMemory, 0);
    // What was told at the first look was started for another burst.
    expect(first).toMatchObject({ startsToldMs: at(0), fargateTaskSeconds: 0 });
    const second = look(10, [2, -30], first);
    expect(second).toMatchObject({ startsToldMs: at(2), fargateTaskSeconds: 10 });
    const third = look(20, [2, -30], second);
    expect(third).toMatchObject({ startsToldMs: at(2), fargateTaskSeconds: 20 });
    // It died before 18 and was started again then, which the look at 20 did not show.
    const fourth = look(30, [18, 2, -30], third);
    expect(fourth.startsToldMs).toBe(at(18));
    expect(fourth.present).toEqual([{ atMs: at(18), tasks: 1 }]);
    expect(fourth.fargateStarts).toBe(third.fargateStarts + 1);
    const fifth = look(40, [18, 2, -30], fourth);
    expect(fifth.fargateStarts).toBe(fourth.fargateStarts);
    expect(fifth.fargateTaskSeconds).toBe(fourth.fargateTaskSeconds + 10);
    // A read that is older still takes nothing back.
    expect(look(50, [2, -30], fifth).startsToldMs).toBe(at(18));
  });

  it('is paid a minute for where they ended by themselves, and nothing before their pull where they were given back', () => {
    const gone = (paidTasks: number) =>
      decideBurst(
        seen(0, 0, 20, { fargate: { twin: 'op-fargate', desired: 2, running: 0, pending: 0 } }),
        {
          ...{ ...freshMemory, lastLookMs: at(10), asked: [{ atMs: at(5), tasks: 2 }] },
          ...{ present: [{ atMs: at(5), tasks: 2 }], paidTasks },
        },
        limits,
        at(20),
      ).memory.fargateTaskSeconds;
    // Asked for at 5 and counted until 10: 65 s are left of each, or 5 of what is taken off for its start.
    expect([gone(2), gone(1), gone(0)]).toEqual([2 * 65, 65 + 5, 2 * 5]);
  });

  it('is no more than the budget pays for in 180 s without a look, two looks and a stop of 30 s', () => {
    // 230 s at 3.6 dollars an hour: 0.23 each.
    const most = (hourlyUsdMax: number, lookSeconds = 10) =>
      counts(
        decideBurst(
          seen(0, 0, 0),
          { ...freshMemory, lastLookMs: at(0) },
          { ...limits, fargateHourlyUsd: 3.6, lookSeconds, fixedTasks: 9, hourlyUsdMax },
          at(0),
        ),
      )['op-fargate'];
    expect([most(0.229), most(0.231), most(0.459), most(0.461)]).toEqual([undefined, 1, 1, 2]);
    expect([most(0.219, 5), most(0.221, 5)]).toEqual([undefined, 1]);
  });

  it('is remembered as what is to be there until the next look: with what is asked for now, without what has no place', () => {
    const remembered = (running: number, pending: number, fixedTasks: number, fargateBase = 0) =>
      decideBurst(
        seen(0, 0, 10, { fargate: { twin: 'op-fargate', desired: 3, running, pending } }),
        freshMemory,
        { ...limits, fargateBase, fixedTasks },
        at(10),
      ).memory.paidTasks;
    expect(remembered(1, 2, 3)).toBe(3);
    expect(remembered(1, 2, 5)).toBe(5);
    expect(remembered(1, 2, 2)).toBe(2);
    expect(remembered(1, 1, 3)).toBe(2);
    expect(remembered(0, 0, 5)).toBe(2);
    expect(remembered(0, 0, 1)).toBe(0);
    expect(remembered(1, 2, 5, 1)).toBe(4);
    // The base itself has no place; what lacks there is none of the burst's.
    expect(remembered(0, 0, 4, 1)).toBe(1);
  });

  it('is over only when the tasks that were given back are gone', () => {
    const over = (running: number, pending: number) =>
      decideBurst(
        seen(0, 0, 0, { fargate: { twin: 'op-fargate', desired: 0, running, pending } }),
        freshMemory,
        { ...limits, untilMs: at(0) },
        at(0),
      );
    expect(over(0, 0)).toMatchObject({ action: 'end', cause: 'time-over' });
    expect(over(1, 0)).toMatchObject({ action: 'rest' });
    expect(over(1, 0).reason).toContain('the counts stay at external 20, Fargate 0, where 1 task more still works.');
    expect(over(0, 2).reason).toContain('Fargate 0, where 2 tasks more still work.');
    // Where nothing was recalled, as where a rollout replaces tasks, that is no news.
    const one = { twin: 'op-fargate', desired: 0, running: 1, pending: 0 };
    expect(decideBurst(seen(100, 10, 0, { fargate: one }), freshMemory, limits, at(0)).reason).toContain('Fargate 0.');
    expect(decideBurst(seen(0, 0, 0), freshMemory, limits, at(0)).reason).toContain('external 20, Fargate 0.');
  });
});
