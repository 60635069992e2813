import { describe, expect, it } from 'vitest';
import { at } from './sample-burst.ts';
import { billedAfter, countOf, newest, seeUnseen, withoutNewest } from './unseen-seconds.ts';

const five = [
  { atMs: at(0), tasks: 2 },
  { atMs: at(50), tasks: 3 },
];

describe('tasks by age', () => {
  it('are divided into the newest and the others', () => {
    expect(countOf([])).toBe(0);
    expect(countOf(five)).toBe(5);
    expect([-1, 0, 2, 3, 4, 9].map((count) => newest(five, count).map(({ tasks }) => tasks))).toEqual([
      [],
      [],
      [2],
      [3],
      [1, 3],
      [2, 3],
    ]);
    expect([-1, 0, 1, 3, 4, 5, 9].map((count) => withoutNewest(five, count).map(({ tasks }) => tasks))).toEqual([
      [2, 3],
      [2, 3],
      [2, 2],
      [2],
      [1],
      [],
      [],
    ]);
    expect(newest(five, 4)).toEqual([
      { atMs: at(0), tasks: 1 },
      { atMs: at(50), tasks: 3 },
    ]);
    expect(withoutNewest(five, 2)).toEqual([
      { atMs: at(0), tasks: 2 },
      { atMs: at(50), tasks: 1 },
    ]);
  });
});

describe('what is billed after a task is counted no more', () => {
  it('is its stop of ten seconds, or what is left of the minute that begins ten seconds after it was asked for', () => {
    const one = [{ atMs: at(0), tasks: 1 }];
    expect([10, 59, 60, 61, 1_000].map((seconds) => billedAfter(one, at(seconds)))).toEqual([60, 11, 10, 10, 10]);
    // Not pulled yet: no more than is taken off again, also by a clock that is behind.
    expect([-30, 0, 6, 9].map((seconds) => billedAfter(one, at(seconds)))).toEqual([10, 10, 4, 1]);
    expect(billedAfter(five, at(60))).toBe(2 * 10 + 3 * 60);
    expect(billedAfter([], at(60))).toBe(0);
  });
});

describe('what the counts of ECS do not show', () => {
  const see = (tasks: number, more: { readonly asked?: typeof five; readonly starts?: typeof five } = {}) =>
    seeUnseen(five, { tasks, asked: more.asked ?? five, starts: more.starts ?? [] }, at(70), at(70), at(80));

  it('is nothing while all are there', () => {
    expect(see(5)).toMatchObject({ present: five, passed: 0, seconds: 0 });
    expect(seeUnseen([], { tasks: 0, asked: [], starts: [] }, at(0), at(0), at(0))).toMatchObject({
      present: [],
      seconds: 0,
    });
  });

  it('is the end of those that went, the newest first', () => {
    expect(see(4)).toMatchObject({
      present: [
        { atMs: at(0), tasks: 2 },
        { atMs: at(50), tasks: 2 },
      ],
      seconds: 50,
    });
    expect(see(1)).toMatchObject({ present: [{ atMs: at(0), tasks: 1 }], seconds: 3 * 50 + 10 });
  });

  it('is what those that went are billed from when ECS told them to stop, where it says so', () => {
    const told = (stopSeconds: number, goneSeconds: number, askedSeconds = 0) =>
      seeUnseen(
        [{ atMs: at(askedSeconds), tasks: 1 }],
        { tasks: 0, asked: [], starts: [], stops: [{ atMs: at(stopSeconds), tasks: 1 }] },
        ...[at(goneSeconds), at(goneSeconds), at(goneSeconds + 10)],
      ).seconds;
    // Told at 80, and counted until 92 by a late read, or only until 75.
    expect([told(80, 80), told(80, 92), told(80, 75)]).toEqual([10, -2, 15]);
    expect([told(40, 40), told(40, 52)]).toEqual([30, 18]);
    // Before its pull: all that was counted until 16 is taken off, but what is taken off for its start.
    expect([told(4, 16), told(9.5, 16), told(10, 16)]).toEqual([-6, -6, 54]);
    // Its pull begins after its start, which ECS may be late with.
    const late = (stopSeconds: number) =>
      seeUnseen(
        [{ atMs: at(0), tasks: 1 }],
        {
          ...{ tasks: 0, asked: [], starts: [] },
          stops: [{ atMs: at(stopSeconds), tasks: 1, startedMs: at(4) }],
        },
        ...[at(16), at(16), at(26)],
      ).seconds;
    expect([late(13.5), late(14)]).toEqual([-6, 54]);
    // Who was asked for later is not who was told.
    expect([told(80, 92, 80), told(80, 92, 80.5)]).toEqual([-2, 58.5]);
  });

  it('is the end of those that ECS told to stop up to 15 s before the last look, which may have been a late read', () => {
    const stopped = (tasks: number, stops: typeof five, before = five) =>
      seeUnseen(before, { tasks, asked: five, starts: [], stops }, at(70), at(70), at(80));
    const one = (seconds: number, more = 1) => [{ atMs: at(seconds), tasks: more }];
    // Of 70 s from when it was asked for at 50, counted until 70.
    expect([55, 55.001, 59, 61, 70, 75].map((seconds) => stopped(4, one(seconds)).seconds)).toEqual([
      50, -10, -10, 50, 50, 50,
    ]);
    // Of three that it told one has gone.
    expect(stopped(4, one(59, 3)).seconds).toBe(-10);
    // The last one that it told, in whichever order it tells of them.
    const twice = [...one(58), ...one(66)];
    expect([stopped(4, twice).seconds, stopped(4, twice.toReversed()).seconds]).toEqual([50, 50]);
    // Of one of two nobody says when.
    expect(stopped(3, one(59)).seconds).toBe(-10 + 50);
    // None that was asked for after it was told: the one before it.
    const younger = [...one(40, 2), ...one(65)];
    expect(stopped(2, one(60), younger)).toMatchObject({ present: [...one(40), ...one(65)], seconds: 50 - 10 });
    expect(stopped(2, one(66), younger)).toMatchObject({ present: one(40, 2), seconds: 10 - 1 - 4 });
  });

  it('is the end of those of which ECS says when it had started them, and of nobody else where they are not among these', () => {
    const see = (tasks: number, startedSeconds: readonly number[], starts: typeof five = []) =>
      seeUnseen(
        five,
        {
          ...{ tasks, asked: five, starts },
          stops: startedSeconds.map((seconds) => ({ atMs: at(72), tasks: 1, startedMs: at(seconds) })),
        },
        ...[at(70), at(70), at(80)],
      );
    const left = (tasks: number, startedSeconds: readonly number[]) =>
      see(tasks, startedSeconds).present.map(({ atMs, tasks: count }) => [(atMs - at(0)) / 1_000, count]);
    expect(left(4, [2])).toEqual([
      [0, 1],
      [50, 3],
    ]);
    expect(left(4, [52])).toEqual([
      [0, 2],
      [50, 2],
    ]);
    expect(left(3, [2, 52])).toEqual([
      [0, 1],
      [50, 2],
    ]);
    expect(see(4, [2]).seconds).toBe(10 + 2);
    expect(see(4, [52]).seconds).toBe(48 + 2);
    // Started up to 15 s after it was asked for.
    expect([left(4, [0]), left(4, [15]), left(4, [15.5]), left(4, [49])]).toEqual([
      [
        [0, 1],
        [50, 3],
      ],
      [
        [0, 1],
        [50, 3],
      ],
      [
        [0, 2],
        [50, 2],
      ],
      [
        [0, 2],
        [50, 2],
      ],
    ]);
    // Of several the one that was asked for last before it.
    const close = [0, 5, 10].map((seconds) => ({ atMs: at(seconds), tasks: 1 }));
    const stops = [{ atMs: at(72), tasks: 1, startedMs: at(9) }];
    expect(seeUnseen(close, { tasks: 2, asked: [], starts: [], stops }, at(70), at(70), at(80)).present).toEqual([
      { atMs: at(0), tasks: 1 },
      { atMs: at(10), tasks: 1 },
    ]);
    // One of the base, or one that is gone already: the newest, and nobody says when.
    expect(see(4, [30]).seconds).toBe(50);
    // Of one that ECS started again, and that had worked for its minute, it is the stop.
    const again = [{ atMs: at(74), tasks: 1 }];
    expect(see(5, [2], again)).toMatchObject({
      ...{ starts: 1, seconds: 10 },
      present: [...[0, 50, 74].map((seconds, index) => ({ atMs: at(seconds), tasks: [1, 3, 1][index] }))],
    });
    expect(see(5, [52], again).seconds).toBe(48);
    expect(see(5, [30], again).seconds).toBe(46);
    // Of two that went one was started again: those that it told are those that went.
    expect(see(4, [2], again).seconds).toBe(12 + 46);
  });

  it('is the end of those that a rollout replaces before that of younger ones', () => {
    const replaced = (tasks: number, deploymentSeconds: number) =>
      seeUnseen(
        five,
        { tasks, asked: five, starts: [], deploymentMs: at(deploymentSeconds) },
        ...[at(70), at(70), at(80)],
      ).present.map(({ atMs, tasks: count }) => [(atMs - at(0)) / 1_000, count]);
    expect([replaced(4, 30), replaced(3, 30), replaced(2, 30)]).toEqual([
      [
        [0, 1],
        [50, 3],
      ],
      [[50, 3]],
      [[50, 2]],
    ]);
    expect([replaced(3, 0), replaced(3, 50), replaced(3, 50.001)]).toEqual([
      [
        [0, 2],
        [50, 1],
      ],
      [[50, 3]],
      [
        [0, 2],
        [50, 1],
      ],
    ]);
  });

  it('is nothing of those that came, by when they were asked for, or by now where that is not known', () => {
    const asked = [...five, { atMs: at(75), tasks: 1 }];
    expect(see(6, { asked })).toMatchObject({ present: asked, seconds: 0 });
    expect(seeUnseen([], { tasks: 7, asked: five, starts: [] }, at(70), at(70), at(80))).toMatchObject({
      present: [...five, { atMs: at(80), tasks: 2 }],
      seconds: 0,
    });
    // Their starts are no second ones.
    expect(see(6, { asked, starts: [{ atMs: at(74), tasks: 1 }] })).toMatchObject({ present: asked, seconds: 0 });
  });

  it('counts those that came from when ECS last started them, where they were asked for long before', () => {
    const came = (starts: typeof five) =>
      seeUnseen([], { tasks: 3, asked: [{ atMs: at(0), tasks: 3 }], starts }, at(70), at(70), at(80)).present;
    const late = [{ atMs: at(75), tasks: 1 }];
    const arrived = (starts: typeof five, tasks = 6) =>
      seeUnseen(five, { tasks, asked: five, starts }, at(70), at(70), at(80)).arrived;
    expect([arrived(late), arrived([{ atMs: at(70), tasks: 1 }]), arrived(late, 5)]).toEqual([late, [], []]);
    // All crashed, and were counted at no look in between; ECS tells the newest first.
    const first = { atMs: at(2), tasks: 3 };
    expect(came([{ atMs: at(69), tasks: 3 }, first])).toEqual([{ atMs: at(69), tasks: 3 }]);
    expect(came([{ atMs: at(69), tasks: 2 }, first])).toEqual([
      { atMs: at(0), tasks: 1 },
      { atMs: at(69), tasks: 2 },
    ]);
    // A few seconds are those that ECS takes.
    const atOnce = [5, 5.001].map((seconds) => came([{ atMs: at(seconds), tasks: 3 }])[0]?.atMs);
    expect(atOnce).toEqual([at(0), at(5.001)]);
    expect(came([{ atMs: at(69), tasks: 1 }])).toEqual([
      { atMs: at(0), tasks: 2 },
      { atMs: at(69), tasks: 1 },
    ]);
  });

  it('is what was left of the minute of those that ECS started again, which count from then on', () => {
    const starts = [{ atMs: at(72), tasks: 1 }];
    // Asked for at 50, paid for until 120 and dead at 72.
    expect(see(5, { starts })).toMatchObject({
      present: [
        { atMs: at(0), tasks: 2 },
        { atMs: at(50), tasks: 2 },
        { atMs: at(72), tasks: 1 },
      ],
      seconds: 48,
    });
    // Of one that had worked for its minute it is the stop, as long as the next one is not billed for its start.
    expect(see(5, { starts: [{ atMs: at(72), tasks: 5 }] })).toMatchObject({
      present: [{ atMs: at(72), tasks: 5 }],
      starts: 5,
      seconds: 3 * 48 + 2 * 10,
    });
    // In whichever order ECS tells of them.
    const twice = [
      { atMs: at(76), tasks: 1 },
      { atMs: at(72), tasks: 1 },
    ];
    expect(see(5, { starts: twice }).seconds).toBe(48 + 44);
    expect(see(5, { starts: twice.toReversed() }).seconds).toBe(48 + 44);
    expect(see(5, { starts: [{ atMs: at(70), tasks: 1 }] })).toMatchObject({ present: five, starts: 0, seconds: 0 });
    expect(see(5, { starts: [{ atMs: at(110), tasks: 1 }] }).seconds).toBe(10);
    expect(see(5, { starts: [{ atMs: at(109), tasks: 1 }] }).seconds).toBe(11);
  });

  it('is the time since their start of those that came and that the last look, a late read, did not show', () => {
    const came = (startedSeconds: number, askedSeconds: number, tasks = 2, toldSeconds = 55) =>
      seeUnseen(
        [],
        {
          ...{ tasks, asked: [{ atMs: at(askedSeconds), tasks: 2 }], starts: [{ atMs: at(startedSeconds), tasks: 2 }] },
          toldMs: at(toldSeconds),
        },
        ...[at(70), at(70), at(80)],
      );
    // Asked for a look before, and again at the last one, which did not show it.
    expect(came(62, 60)).toMatchObject({ present: [{ atMs: at(60), tasks: 2 }], seconds: 2 * 10 });
    expect(came(62, 70)).toMatchObject({ present: [{ atMs: at(62), tasks: 2 }], seconds: 2 * 8 });
    expect([55, 55.5, 70, 70.5].map((seconds) => came(seconds, 70).seconds)).toEqual([0, 29, 0, 0]);
    expect([70, 70.5].map((seconds) => came(seconds, 66).seconds)).toEqual([2 * 4, 0]);
    // However long ago it was: the looks between may have failed. They are there from the last look on.
    expect(came(30, 25, 2, 25)).toMatchObject({ arrived: [{ atMs: at(70), tasks: 2 }], seconds: 2 * 45 });
    expect(came(75, 25).arrived).toEqual([{ atMs: at(75), tasks: 2 }]);
    // It was told before: none of it is news.
    expect(came(30, 25, 2, 30)).toMatchObject({ arrived: [], seconds: 0 });
    expect(came(71, 70)).toMatchObject({ present: [{ atMs: at(70), tasks: 2 }], seconds: 0 });
  });

  it('counts each task that came as started, whoever asked for it, and none that is only asked for', () => {
    const came = (tasks: number, startedSeconds = 75) =>
      seeUnseen(
        five,
        { tasks, asked: [...five, { atMs: at(75), tasks: 9 }], starts: [{ atMs: at(startedSeconds), tasks: 5 }] },
        ...[at(70), at(70), at(80)],
      );
    expect(came(5, 69)).toMatchObject({ starts: 0, seconds: 0 });
    expect(came(10)).toMatchObject({ starts: 5, seconds: 0 });
    expect(came(11)).toMatchObject({ starts: 6, seconds: 0 });
  });

  describe('is news of what ECS had not told before', () => {
    const one = (seconds: number, tasks = 1) => [{ atMs: at(seconds), tasks }];
    const news = (
      before: typeof five,
      now: Partial<Parameters<typeof seeUnseen>[1]>,
      toldSeconds: number | undefined = 20,
    ) =>
      seeUnseen(
        before,
        { tasks: 2, asked: before, starts: [], toldMs: at(toldSeconds), ...now },
        ...[at(70), at(70), at(80)],
      );

    it('also where that was before the last look, which was a late read: those that it started again', () => {
      // Asked for at 20 and paid for until 90 at least, dead at 42, and started again then.
      const starts = [...one(42, 2), ...one(22, 2)];
      expect(news(one(20, 2), { starts }, 22)).toMatchObject({ present: one(42, 2), starts: 2, seconds: 2 * 48 });
      expect(news(one(20, 2), { starts }, 42)).toMatchObject({ present: one(20, 2), starts: 0, seconds: 0 });
      // Nobody knows what was told before: what is older than the last look is no news.
      expect(news(one(20, 2), { starts, toldMs: undefined })).toMatchObject({ starts: 0, seconds: 0 });
    });

    it('and those that came and went, of which the count shows as many that came later', () => {
      const starts = [...one(74, 2), ...one(52, 2), ...one(30, 2)];
      expect(news([], { starts, asked: one(28, 2) }, 30)).toMatchObject({
        ...{ present: one(74, 2), starts: 2, passed: 2, seconds: 2 * 60 },
      });
      expect(news([], { starts, asked: one(28, 2) }, 52)).toMatchObject({ passed: 0, seconds: 0 });
    });

    it('but not the start of a task that is counted already, of which it may tell later', () => {
      const counted = (startedSeconds: number, tasks = 2) =>
        news(one(60, 2), { starts: one(startedSeconds, tasks) }).starts;
      expect([59.999, 60, 65, 65.001].map((seconds) => counted(seconds))).toEqual([2, 0, 0, 2]);
      // Of two that are counted: the third start is another one's.
      expect(counted(62, 3)).toBe(1);
      expect(news(one(60, 2), { starts: [...one(62, 2), ...one(59)] }).starts).toBe(1);
      // What it started after the last look cannot have been counted then.
      const late = (startedSeconds: number) => news(one(68, 2), { starts: one(startedSeconds, 2) }).starts;
      expect([late(70), late(70.001)]).toEqual([0, 2]);
    });

    it('and of those that it told to stop they went, and nobody else', () => {
      const ended = (stopSeconds: number, tasks = 2) =>
        news(
          one(0, 2),
          { tasks, starts: one(60), stops: [{ atMs: at(stopSeconds), tasks: 1, startedMs: at(60) }] },
          20,
        );
      // The two that worked before work on.
      expect(ended(75)).toMatchObject({ present: one(0, 2), starts: 0, passed: 1, seconds: 60 });
      expect(ended(69.9)).toMatchObject({ present: one(0, 2), passed: 1, seconds: 0 });
      expect(ended(75, 1)).toMatchObject({ present: one(0), passed: 1, seconds: 60 + 10 });
      // One that came is not the one that went.
      expect(
        news(
          [],
          {
            ...{ tasks: 1, asked: one(50, 2), starts: [...one(73), ...one(60)] },
            stops: [{ atMs: at(76), tasks: 1, startedMs: at(73) }],
          },
          20,
        ),
      ).toMatchObject({ present: one(60), starts: 1, passed: 1, seconds: 10 });
      // Nobody says when that one was started, or it was told before: at 20, long after it was asked for.
      const [stop] = one(76);
      const other = (starts: typeof five) =>
        news([], { tasks: 1, asked: one(5), starts, stops: stop && [{ ...stop, startedMs: at(73) }] }).present;
      expect([other(one(73)), other([...one(73), ...one(20)])]).toEqual([one(5), one(20)]);
      // ECS stopped one of two that it started then, and started the other in a third one's place.
      expect(
        news(one(0, 2), { starts: one(72, 2), stops: [{ atMs: at(78), tasks: 1, startedMs: at(72) }] }, 20),
      ).toMatchObject({ present: [...one(0), ...one(72)], starts: 1, passed: 1, seconds: 10 });
    });
  });

  describe('is of a task that ended by itself, which none does before its pull, a minute', () => {
    const died = (
      tasks: number,
      wanted: number | undefined,
      more: { readonly nowSeconds?: number; readonly stops?: typeof five } = {},
    ) => {
      const { nowSeconds = 84, stops } = more;
      return seeUnseen(
        [{ atMs: at(62), tasks: 4 }],
        { tasks, wanted, asked: [], starts: [], stops },
        ...[at(70), at(70), at(nowSeconds)],
      ).seconds;
    };
    const paid = 70 - 8;

    it('where it was to stay and nobody told it to stop', () => {
      expect(died(0, 4)).toBe(4 * paid);
      expect(died(1, 4)).toBe(3 * paid);
      expect(died(1, 9)).toBe(3 * paid);
      // As early as it may have been pulled.
      expect([died(0, 4, { nowSeconds: 71.9 }), died(0, 4, { nowSeconds: 72 })]).toEqual([4 * 2, 4 * paid]);
    });

    it('and not where it was given back, or ECS told it to stop', () => {
      expect([died(0, 0), died(0, undefined), died(2, 2)]).toEqual([4 * 2, 4 * 2, 2 * 2]);
      expect(died(0, 3)).toBe(2 + 3 * paid);
      expect(died(1, 2)).toBe(2 * 2 + paid);
      const stops = [{ atMs: at(71), tasks: 3 }];
      expect(died(0, 4, { stops })).toBe(3 * 2 + paid);
      expect(died(2, 4, { stops })).toBe(2 * 2);
      // Those that were given back are those that ECS told.
      expect(died(0, 3, { stops })).toBe(3 * 2 + paid);
      expect(died(0, 0, { stops })).toBe(4 * 2);
    });
  });

  it('takes those that were leaving before for the ones that went: they are the oldest, and their minute is over', () => {
    const present = [
      { atMs: at(0), tasks: 2 },
      { atMs: at(62), tasks: 2 },
    ];
    const went = (tasks: number, leaving: number | undefined, stops?: typeof five) =>
      seeUnseen(present, { tasks, wanted: 4, asked: [], starts: [], leaving, stops }, at(90), at(90), at(100));
    expect(went(2, 2)).toMatchObject({ present: [{ atMs: at(62), tasks: 2 }], seconds: 2 * 10 });
    // Without them the younger ones would have died, each with the rest of its minute.
    expect(went(2, undefined)).toMatchObject({ present: [{ atMs: at(0), tasks: 2 }], seconds: 2 * (70 - 28) });
    expect(went(2, 0)).toEqual(went(2, undefined));
    // One was leaving, and one died beside it.
    expect(went(2, 1)).toMatchObject({
      present: [
        { atMs: at(0), tasks: 1 },
        { atMs: at(62), tasks: 1 },
      ],
      seconds: 10 + (70 - 28),
    });
    // One that is at its work still stays; ECS's word for another one comes first.
    expect(went(3, 2)).toMatchObject({
      present: [
        { atMs: at(0), tasks: 1 },
        { atMs: at(62), tasks: 2 },
      ],
      seconds: 10,
    });
    expect(went(4, 2)).toMatchObject({ present, seconds: 0 });
    const stops = [{ atMs: at(95), tasks: 1, startedMs: at(63) }];
    expect(went(3, 2, stops)).toMatchObject({
      present: [
        { atMs: at(0), tasks: 2 },
        { atMs: at(62), tasks: 1 },
      ],
    });
    expect(went(2, 2, stops)).toMatchObject({
      present: [
        { atMs: at(0), tasks: 1 },
        { atMs: at(62), tasks: 1 },
      ],
    });
  });

  it('makes up what is taken off for the start of those that ECS replaced before their pull', () => {
    const replaced = (seconds: number) =>
      seeUnseen(
        [{ atMs: at(65), tasks: 2 }],
        { tasks: 2, asked: [], starts: [{ atMs: at(seconds), tasks: 2 }] },
        ...[at(60), at(60), at(80)],
      ).seconds;
    expect([64, 65, 72, 74.999, 75].map(replaced)).toEqual([20, 20, 6, expect.closeTo(0.002, 6), 120]);
  });

  it('is a minute at least of what ECS started and what is gone again, and half of the time since then', () => {
    expect(see(1, { starts: [{ atMs: at(72), tasks: 9 }] })).toMatchObject({
      present: [{ atMs: at(72), tasks: 1 }],
      passed: 8,
      starts: 1,
      seconds: 3 * 50 + 10 + 10 + 8 * 60,
    });
    const none = (starts: typeof five, asked = five) =>
      seeUnseen([], { tasks: 0, asked, starts }, at(70), at(70), at(270));
    const early = [{ atMs: at(80), tasks: 2 }];
    expect(none(early)).toEqual({ present: [], arrived: [], starts: 0, passed: 2, seconds: 2 * 95 });
    expect(none([{ atMs: at(151), tasks: 2 }])).toMatchObject({ passed: 2, seconds: 2 * 60 });
    // ECS told them to stop: before their pull, or after two minutes.
    const stopped = (...seconds: readonly number[]) =>
      seeUnseen(
        [],
        {
          ...{ tasks: 0, asked: five, starts: early },
          stops: seconds.map((second) => ({ atMs: at(second), tasks: 1, startedMs: at(80) })),
        },
        ...[at(70), at(70), at(270)],
      ).seconds;
    expect([stopped(89.5, 89.5), stopped(90, 90), stopped(200, 220)]).toEqual([0, 2 * 60, 120 + 140]);
    // Of one of them only; and a stop of others tells nothing.
    expect(stopped(85)).toBe(95);
    expect(
      seeUnseen(
        [],
        { tasks: 0, asked: five, starts: early, stops: [{ atMs: at(85), tasks: 2, startedMs: at(50) }] },
        ...[at(70), at(70), at(270)],
      ).seconds,
    ).toBe(2 * 95);
    // Started before the last look, which was a late read, and stopped after it.
    const unshown = (startedSeconds: number, stoppedSeconds = 73, before: typeof five = [], asked = five) =>
      seeUnseen(
        before,
        {
          ...{ tasks: 0, asked, starts: [{ atMs: at(startedSeconds), tasks: 1 }], toldMs: at(55) },
          stops: [{ atMs: at(stoppedSeconds), tasks: 1, startedMs: at(startedSeconds) }],
        },
        ...[at(70), at(70), at(80)],
      );
    expect(unshown(61)).toMatchObject({ passed: 1, seconds: 60 });
    expect([55, 55.5, 70].map((seconds) => unshown(seconds).passed)).toEqual([0, 1, 1]);
    expect([70, 70.5, 71, 131, 132].map((seconds) => unshown(61, seconds).seconds)).toEqual([0, 0, 60, 70, 71]);
    expect(unshown(61, 70).passed).toBe(1);
    expect(unshown(61, 73, [{ atMs: at(60), tasks: 1 }])).toMatchObject({ passed: 0, seconds: 60 });
    expect(unshown(61, 73, [], []).passed).toBe(1);
    // Without any that was asked for it is the base that ECS starts again.
    expect(none(early, [])).toMatchObject({ passed: 0, seconds: 0 });
    expect(seeUnseen(five, { tasks: 0, asked: [], starts: early }, at(70), at(270), at(270)).passed).toBe(2);
  });
});
