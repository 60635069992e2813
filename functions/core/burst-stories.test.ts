import { expect, it } from 'vitest';
import { at, playBurst, storyOf, type World } from './sample-burst.ts';

/**
 * Whole bursts, look by look, in a small world without chance. What a message and a person meet is stated in full: how
 * many messages were late, what was done when and why, and what it cost. A change of the policy's numbers changes these
 * stories; each is to be read again then, and not only copied.
 */
const play = (world: World) => {
  const played = playBurst(world);
  const last = played.decisions.at(-1)?.decision;
  return { ...played, story: storyOf(played), last };
};
/** Seconds since the start instead of a time, for people who read it. */
const told = (memory: object | undefined): unknown =>
  JSON.parse(JSON.stringify(memory ?? null), (key, value) => {
    if (key === 'counts') return Array.isArray(value) ? value.length : value;
    if (typeof value !== 'number') return value;
    return key.endsWith('Ms') ? (value - at(0)) / 1_000 : Math.round(value * 1e6) / 1e6;
  });

it('a flash is picked up in time to the last message, with Fargate tasks asked for when nothing later would help, and given back as soon as the premises can do the rest', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 80 ? 14 : seconds < 300 ? 2 : 0),
    looks: 80,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1530,
    late: 0,
    waiting: 0,
    looks: 29,
  });
  expect(story).toEqual([
    '50 s, act: 454 messages wait, the oldest for 32 s; about 14 a second arrive and 4.8 are picked up by 20 tasks on premises and 0 in Fargate: 73 messages would wait longer than 113 s (of 120 s) in 131 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 4.',
    '70 s, act: 634 messages wait, the oldest for 45 s; about 14 a second arrive and 4.9 are picked up by 20 tasks on premises and 0 in Fargate: 3 messages would wait longer than 114 s (of 120 s) in 114 s, for which 1 task more is needed, each of 0.2 a second and ready in 52 s; Fargate 4 → 5.',
    '80 s, act: 708 messages wait, the oldest for 52 s; about 13.6 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 34 messages would wait longer than 114 s (of 120 s) in 114 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 5 → 8.',
    '170 s, act: 303 messages wait, the oldest for 99 s; about 2 a second arrive and 7 are picked up by 20 tasks on premises and 8 in Fargate: 1 task can go and all that waits is still picked up in time; Fargate 8 → 7.',
    '180 s, act: 254 messages wait, the oldest for 105 s; about 2 a second arrive and 6.7 are picked up by 20 tasks on premises and 7 in Fargate: 4 tasks can go and all that waits is still picked up in time; Fargate 7 → 3.',
    '190 s, act: 223 messages wait, the oldest for 111 s; about 2.2 a second arrive and 5.7 are picked up by 20 tasks on premises and 3 in Fargate: 3 tasks can go and all that waits is still picked up in time; Fargate 3 → 0.',
    '280 s, end: No message waits, 8 in work; about 2 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 29,
    looksInAll: 29,
    lastLookMs: 280,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1516,
    told: { atMs: 280, pickedUp: 1516 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 120,
    lag: { starts: 11, meanSeconds: 41.363636, varianceSeconds2: 54.663223 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 240, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25 },
    spent: { atMs: 280, hourUsd: 0.014306, dayUsd: 0.014306 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 728,
    peakFargateTasks: 8,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 1030,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 280, toldSeconds: 630, seconds: 630 },
    fargateStarts: 8,
    moves: 6,
    costUsd: 0.014306,
  });
  // The curve of the burst: time, arrived, waiting, age of the oldest, external, Fargate wanted and at work.
  expect(decisions.map(({ decision }) => told({ point: decision.point }))).toEqual([
    { point: [1795435200000, 0, 0, 0, 20, 0, 0] },
    { point: [1795435210000, 140, 94, 7, 20, 0, 0] },
    { point: [1795435220000, 280, 180, 13, 20, 0, 0] },
    { point: [1795435230000, 420, 274, 19, 20, 0, 0] },
    { point: [1795435240000, 560, 360, 26, 20, 0, 0] },
    { point: [1795435250000, 700, 454, 32, 20, 4, 0] },
    { point: [1795435260000, 840, 540, 39, 20, 4, 0] },
    { point: [1795435270000, 980, 634, 45, 20, 5, 0] },
    { point: [1795435280000, 1108, 708, 52, 20, 8, 0] },
    { point: [1795435290000, 1124, 678, 58, 20, 8, 4] },
    { point: [1795435300000, 1148, 636, 64, 20, 8, 4] },
    { point: [1795435310000, 1167, 597, 69, 20, 8, 5] },
    { point: [1795435320000, 1185, 550, 75, 20, 8, 8] },
    { point: [1795435330000, 1208, 503, 79, 20, 8, 8] },
    { point: [1795435340000, 1228, 450, 85, 20, 8, 8] },
    { point: [1795435350000, 1248, 403, 89, 20, 8, 8] },
    { point: [1795435360000, 1268, 350, 95, 20, 8, 8] },
    { point: [1795435370000, 1288, 303, 99, 20, 7, 8] },
    { point: [1795435380000, 1309, 254, 105, 20, 3, 7] },
    { point: [1795435390000, 1333, 223, 111, 20, 0, 3] },
    { point: [1795435400000, 1356, 192, 100, 20, 0, 0] },
    { point: [1795435410000, 1376, 166, 85, 20, 0, 0] },
    { point: [1795435420000, 1396, 132, 70, 20, 0, 0] },
    { point: [1795435430000, 1416, 106, 55, 20, 0, 0] },
    { point: [1795435440000, 1436, 72, 40, 20, 0, 0] },
    { point: [1795435450000, 1456, 46, 25, 20, 0, 0] },
    { point: [1795435460000, 1476, 12, 10, 20, 0, 0] },
    { point: [1795435470000, 1496, 0, 0, 20, 0, 0] },
    { point: [1795435480000, 1516, 0, 0, 20, 0, 0] },
  ]);
});

it('a flash that no task reports of is met by what ECS tells and the work is believed to take, with more in hand', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 80 ? 14 : seconds < 300 ? 2 : 0),
    looks: 80,
    mute: true,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1534,
    late: 0,
    waiting: 0,
    looks: 29,
  });
  expect(story).toEqual([
    '40 s, act: 360 messages wait, the oldest for 30 s; about 13.9 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 11 messages would wait longer than 101 s (of 120 s) in 119 s, for which 1 task more is needed, each of 0.3 a second and ready in 52 s; Fargate 0 → 1.',
    '60 s, act: 540 messages wait, the oldest for 40 s; about 13.9 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 16 messages would wait longer than 101 s (of 120 s) in 101 s, for which 2 tasks more are needed, each of 0.3 a second and ready in 52 s; Fargate 1 → 3.',
    '70 s, act: 634 messages wait, the oldest for 50 s; about 14.1 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 78 messages would wait longer than 101 s (of 120 s) in 101 s, for which 7 tasks more are needed, each of 0.3 a second and ready in 52 s; Fargate 3 → 10.',
    '80 s, act: 707 messages wait, the oldest for 60 s; about 13.5 a second arrive and 5.3 are picked up by 20 tasks on premises and 1 in Fargate: 22 messages would wait longer than 102 s (of 120 s) in 102 s, for which 2 tasks more are needed, each of 0.3 a second and ready in 49 s; Fargate 10 → 12.',
    '160 s, act: 302 messages wait, the oldest for 90 s; about 1.9 a second arrive and 8 are picked up by 20 tasks on premises and 12 in Fargate: 6 tasks can go and all that waits is still picked up in time; Fargate 12 → 6.',
    '170 s, act: 267 messages wait, the oldest for 100 s; about 2.3 a second arrive and 6.5 are picked up by 20 tasks on premises and 6 in Fargate: 6 tasks can go and all that waits is still picked up in time; Fargate 6 → 0.',
    '280 s, end: No message waits, 8 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 29,
    looksInAll: 29,
    lastLookMs: 280,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1452.5,
    externalReports: false,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 115,
    lag: { starts: 15, meanSeconds: 37, varianceSeconds2: 52.45 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 240, messages: 0 },
    spent: { atMs: 280, hourUsd: 0.017917, dayUsd: 0.017917 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 728,
    peakFargateTasks: 12,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 1290,
    fargateIdleSeconds: 0,
    fargateStarts: 12,
    moves: 6,
    costUsd: 0.017917,
  });
});

it('a queue whose counts are 30 s old is found out, and met in time', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 120 ? 12 : 0),
    looks: 80,
    countsBehind: 30,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1451,
    late: 0,
    waiting: 0,
    looks: 29,
  });
  expect(story).toEqual([
    '70 s, act: 280 messages are counted, which is old: by what was picked up about 492 messages wait, the oldest for 41 s; about 12 a second arrive and 4.9 are picked up by 20 tasks on premises and 0 in Fargate: 63 messages would wait longer than 114 s (of 120 s) in 132 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 4.',
    '100 s, act: 492 messages are counted, which is old: by what was picked up about 696 messages wait, the oldest for 58 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 38 messages would wait longer than 114 s (of 120 s) in 114 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 4 → 7.',
    '110 s, act: 560 messages are counted, which is old: by what was picked up about 768 messages wait, the oldest for 64 s; about 12 a second arrive and 6 are picked up by 20 tasks on premises and 4 in Fargate: 26 messages would wait longer than 115 s (of 120 s) in 115 s, for which 2 tasks more are needed, each of 0.2 a second and ready in 47 s; Fargate 7 → 9.',
    '140 s, act: 768 messages wait, the oldest for 79 s; about 11.5 a second arrive and 6.7 are picked up by 20 tasks on premises and 7 in Fargate: 79 messages would wait longer than 115 s (of 120 s) in 115 s, for which 5 tasks more are needed, each of 0.2 a second and ready in 45 s; Fargate 9 → 14.',
    '150 s, act: 816 messages wait, the oldest for 83 s; about 11.8 a second arrive and 7.2 are picked up by 20 tasks on premises and 9 in Fargate: 14 messages would wait longer than 115 s (of 120 s) in 115 s, for which 1 task more is needed, each of 0.2 a second and ready in 45 s; Fargate 14 → 15.',
    '220 s, act: 319 messages wait, the oldest for 106 s; about 0 a second arrive and 8.7 are picked up by 20 tasks on premises and 15 in Fargate: 8 tasks can go and all that waits is still picked up in time; Fargate 15 → 7.',
    '230 s, act: 229 messages wait, the oldest for 111 s; about 0 a second arrive and 6.7 are picked up by 20 tasks on premises and 7 in Fargate: 7 tasks can go and all that waits is still picked up in time; Fargate 7 → 0.',
    '280 s, end: No message waits, 0 in work; about 0.1 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 29,
    looksInAll: 29,
    lastLookMs: 280,
    counts: 19,
    staleSeconds: 29.857573,
    pickedUp: 1439,
    told: { atMs: 280, pickedUp: 1439 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 190,
    lag: { starts: 18, meanSeconds: 40.833333, varianceSeconds2: 33.847222 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 240, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.185833 },
    spent: { atMs: 280, hourUsd: 0.025972, dayUsd: 0.025972 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 845,
    peakFargateTasks: 15,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 1870,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 280, toldSeconds: 1120, seconds: 1120 },
    fargateStarts: 15,
    moves: 7,
    costUsd: 0.025972,
  });
});

it('a site that is cut off counts as not working although ECS goes on telling of its tasks, and its base is not enough until it is back', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 250 ? 4 : 0),
    looks: 40,
    lostFromSeconds: 5,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1007,
    // What the tasks that are given back at 320 s work on waits again here, as old as it is; a real one ends it first.
    late: 6,
    waiting: 5,
    looks: 40,
  });
  expect(story).toEqual([
    '40 s, act: 144 messages wait, the oldest for 40 s; about 3.6 a second arrive and 0 are picked up by 0 tasks on premises and 0 in Fargate: 208 messages would wait longer than 101 s (of 120 s) in 119 s, for which 13 tasks more are needed, each of 0.3 a second and ready in 52 s; Fargate 0 → 13.',
    '70 s, act: 264 messages wait, the oldest for 70 s; about 3.8 a second arrive and 0 are picked up by 0 tasks on premises and 0 in Fargate: 5 messages would wait longer than 101 s (of 120 s) in 101 s, for which 1 task more is needed, each of 0.3 a second and ready in 52 s; Fargate 13 → 14.',
    '140 s, act: 328 messages wait, the oldest for 84 s; about 4 a second arrive and 3.5 are picked up by 0 tasks on premises and 14 in Fargate: the premises cannot pick up 328 messages in time, and as the burst lasts Fargate should have them in 83 s, for which 4 tasks more are needed; Fargate 14 → 18.',
    '310 s, act: 43 messages wait, the oldest for 75 s; about 0 a second arrive and 4.5 are picked up by 0 tasks on premises and 18 in Fargate: 1 task can go and all that waits is still picked up in time; Fargate 18 → 17.',
    '320 s, act: No message waits, 27 in work; about 0 a second arrive: 17 tasks can go and all that waits is still picked up in time; Fargate 17 → 0.',
    '330 s, act: 11 messages wait, the oldest for 10 s; about 0.4 a second arrive and 0 are picked up by 0 tasks on premises and 0 in Fargate: 15 messages would wait longer than 105 s (of 120 s) in 116 s, for which 1 task more is needed, each of 0.3 a second and ready in 43 s; Fargate 0 → 1.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 40,
    looksInAll: 40,
    lastLookMs: 390,
    counts: 21,
    staleSeconds: 0,
    pickedUp: 987,
    told: { atMs: 390, pickedUp: 987 },
    externalReports: true,
    asked: [{ atMs: 330, tasks: 1 }],
    fargateReady: 1,
    lagSeenMs: 370,
    lag: { starts: 22, meanSeconds: 40.681818, varianceSeconds2: 27.796488 },
    surplus: 0,
    calm: 0,
    turns: 2,
    direction: 'up',
    deadLetters: { atMs: 360, messages: 0 },
    trial: { tasks: 13, fargate: 13, perTask: 0.25 },
    spent: { atMs: 390, hourUsd: 0.067222, dayUsd: 0.067222 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 381,
    peakFargateTasks: 18,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [{ atMs: 330, tasks: 1 }],
    paidTasks: 1,
    fargateTaskSeconds: 4840,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 390, toldSeconds: 3900, seconds: 3900 },
    fargateStarts: 19,
    moves: 6,
    costUsd: 0.067222,
  });
});

it('messages that all fail make the burst add nothing and say so once, until they do not fail any more', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 60 ? 8 : 0),
    looks: 60,
    fails: (seconds) => seconds < 60,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 480,
    late: 0,
    waiting: 0,
    looks: 13,
  });
  expect(story).toEqual([
    '10 s, act: 28 messages wait, the oldest for 4 s; about 7 a second arrive and 0.8 are picked up by 20 tasks on premises and 0 in Fargate: 57 messages would wait longer than 101 s (of 120 s) in 119 s, for which 4 tasks more are needed, each of 0.3 a second and ready in 52 s; the counts stay at external 20, Fargate 0. 40 messages failed in the last minutes and 0 were completed: the failures explain the backlog; nothing is added.',
    '120 s, end: No message waits, 0 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 13,
    looksInAll: 13,
    lastLookMs: 120,
    counts: 13,
    staleSeconds: 0,
    pickedUp: 472,
    told: { atMs: 120, pickedUp: 472 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lag: { starts: 3, meanSeconds: 45, varianceSeconds2: 182.25 },
    surplus: 0,
    calm: 3,
    turns: 0,
    deadLetters: { atMs: 120, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.133333 },
    spent: { atMs: 120, hourUsd: 0, dayUsd: 0 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 192,
    peakFargateTasks: 0,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 0,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 120, toldSeconds: 0, seconds: 0 },
    fargateStarts: 0,
    moves: 0,
    costUsd: 0,
    warned: 'fire',
  });
});

it('a bottleneck behind the tasks is noticed when half as many tasks again complete no more, and what was added is taken back', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 200 ? 12 : 0),
    looks: 40,
    workSeconds: (_, tasks) => Math.max(4, Math.round(tasks / 5)),
    limits: { fargateCaps: { configuration: 15 } },
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1976,
    late: 915,
    waiting: 439,
    looks: 40,
  });
  expect(story).toEqual([
    '70 s, act: 492 messages wait, the oldest for 41 s; about 12 a second arrive and 4.9 are picked up by 20 tasks on premises and 0 in Fargate: 63 messages would wait longer than 114 s (of 120 s) in 132 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 4.',
    '100 s, act: 700 messages wait, the oldest for 58 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 42 messages would wait longer than 114 s (of 120 s) in 114 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 4 → 7.',
    '110 s, act: 768 messages wait, the oldest for 64 s; about 11.9 a second arrive and 6 are picked up by 20 tasks on premises and 4 in Fargate: 26 messages would wait longer than 115 s (of 120 s) in 115 s, for which 2 tasks more are needed, each of 0.2 a second and ready in 47 s; Fargate 7 → 9.',
    '120 s, act: 840 messages wait, the oldest for 70 s; about 12 a second arrive and 5.7 are picked up by 20 tasks on premises and 4 in Fargate: 85 messages would wait longer than 114 s (of 120 s) in 114 s, for which 6 tasks more are needed, each of 0.2 a second and ready in 47 s; Fargate 9 → 15.',
    '130 s, act: 912 messages wait, the oldest for 76 s; about 12 a second arrive and 5.6 are picked up by 20 tasks on premises and 4 in Fargate: 61 messages would wait longer than 114 s (of 120 s) in 114 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 47 s; the counts stay at external 20, Fargate 15; 19 would be needed, and fargate.maxTasks allows 15. About 15 messages (1.6 %) will be picked up later than 120 s, as fargate.maxTasks allows 15 of the 19 tasks in Fargate that would be needed.',
    '240 s, act: 1184 messages wait, the oldest for 140 s; about 0 a second arrive and 5.3 are picked up by 20 tasks on premises and 15 in Fargate: 692 messages would wait longer than 115 s (of 120 s) in 59 s, for which 299 tasks more are needed, each of 0.2 a second and ready in 44 s; Fargate 15 → 0. 35 tasks complete 4.9 messages a second, and 20 completed 5: added tasks add no throughput; nothing is added.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 40,
    looksInAll: 40,
    lastLookMs: 390,
    counts: 29,
    staleSeconds: 0,
    pickedUp: 1964,
    told: { atMs: 390, pickedUp: 1964 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 160,
    lag: { starts: 18, meanSeconds: 40.833333, varianceSeconds2: 33.847222 },
    surplus: 0,
    calm: 0,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 360, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25, doubted: true },
    held: { untilMs: 540, fargate: 0, kind: 'no-gain' },
    spent: { atMs: 390, hourUsd: 0.030972, dayUsd: 0.030972 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 1409,
    peakFargateTasks: 15,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 2230,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 390, toldSeconds: 1480, seconds: 1480 },
    fargateStarts: 15,
    moves: 5,
    costUsd: 0.030972,
    warned: 'no-gain',
  });
});

it('a bottleneck that lasts is tried again after five minutes with half as many tasks again, whatever has piled up', () => {
  const { decisions } = play({
    arrivals: (seconds) => (seconds < 900 ? 12 : 0),
    looks: 70,
    workSeconds: (_, tasks) => Math.max(4, Math.round(tasks / 5)),
    limits: { fargateCaps: { configuration: 300 } },
  });
  const later = decisions.filter(({ seconds, decision }) => seconds >= 250 && decision.action === 'act');
  expect(later.map(({ seconds, decision }) => [seconds, decision.point[5]])).toEqual([
    [300, 0],
    [540, 10],
    [660, 0],
  ]);
  expect(later[1]?.decision.reason).toContain(
    'ready in 40 s; as added tasks have added nothing before, 10 tasks are tried first; Fargate 0 → 10.',
  );
});

it('Fargate without capacity is asked for all that is needed, so that ECS starts it as soon as it has a place', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 80 ? 14 : 0),
    looks: 40,
    fargateRefused: (seconds) => seconds < 100,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1134,
    late: 0,
    waiting: 0,
    looks: 22,
  });
  expect(story).toEqual([
    '50 s, act: 454 messages wait, the oldest for 32 s; about 14 a second arrive and 4.8 are picked up by 20 tasks on premises and 0 in Fargate: 73 messages would wait longer than 113 s (of 120 s) in 131 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 4.',
    '70 s, act: 634 messages wait, the oldest for 45 s; about 14 a second arrive and 4.9 are picked up by 20 tasks on premises and 0 in Fargate: 22 messages would wait longer than 114 s (of 120 s) in 114 s, for which 2 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 4 → 6; ECS finds no place in Fargate for 4 tasks (RESOURCE:FARGATE) and tries again.',
    '80 s, act: 706 messages wait, the oldest for 52 s; about 13.5 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 49 messages would wait longer than 114 s (of 120 s) in 114 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 6 → 10; ECS finds no place in Fargate for 6 tasks (RESOURCE:FARGATE) and tries again.',
    '90 s, act: 660 messages wait, the oldest for 58 s; about 8.9 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 18 messages would wait longer than 114 s (of 120 s) in 104 s, for which 2 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 10 → 12; ECS finds no place in Fargate for 10 tasks (RESOURCE:FARGATE) and tries again.',
    '100 s, act: 606 messages wait, the oldest for 64 s; about 4.2 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 14 messages would wait longer than 114 s (of 120 s) in 94 s, for which 2 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 12 → 14; ECS finds no place in Fargate for 12 tasks (RESOURCE:FARGATE) and tries again.',
    '180 s, act: 52 messages wait, the oldest for 106 s; about 0 a second arrive and 8.5 are picked up by 20 tasks on premises and 14 in Fargate: 6 tasks can go and all that waits is still picked up in time; Fargate 14 → 8.',
    '190 s, act: No message waits, 24 in work; about 0.2 a second arrive: 8 tasks can go and all that waits is still picked up in time; Fargate 8 → 0.',
    '210 s, end: No message waits, 0 in work; about 0.1 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 22,
    looksInAll: 22,
    lastLookMs: 210,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1120,
    told: { atMs: 210, pickedUp: 1120 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 140,
    lag: { starts: 17, meanSeconds: 40.882353, varianceSeconds2: 35.794983 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 120, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25, reachedMs: 140 },
    spent: { atMs: 210, hourUsd: 0.018611, dayUsd: 0.018611 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 726,
    peakFargateTasks: 14,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 1340,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 210, toldSeconds: 640, seconds: 640 },
    fargateStarts: 14,
    moves: 7,
    costUsd: 0.018611,
  });
});

it('a budget is never passed: tasks are given back before, and a person is told what will be late', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 80 ? 14 : 0),
    looks: 60,
    limits: { hourlyUsdMax: 0.018 },
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1122,
    late: 28,
    waiting: 0,
    looks: 24,
  });
  expect(story).toEqual([
    '50 s, act: 454 messages wait, the oldest for 32 s; about 14 a second arrive and 4.8 are picked up by 20 tasks on premises and 0 in Fargate: 73 messages would wait longer than 113 s (of 120 s) in 131 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 4.',
    '70 s, act: 634 messages wait, the oldest for 45 s; about 14 a second arrive and 4.9 are picked up by 20 tasks on premises and 0 in Fargate: 3 messages would wait longer than 114 s (of 120 s) in 114 s, for which 1 task more is needed, each of 0.2 a second and ready in 52 s; Fargate 4 → 5.',
    '90 s, act: 656 messages wait, the oldest for 58 s; about 8.7 a second arrive and 5.9 are picked up by 20 tasks on premises and 4 in Fargate: 17 messages would wait longer than 115 s (of 120 s) in 105 s, for which 2 tasks more are needed, each of 0.2 a second and ready in 47 s; Fargate 5 → 4; 7 would be needed, and the hourly budget ($0.02 of $0.02 left) allows 4.',
    '130 s, act: 416 messages wait, the oldest for 81 s; about 0 a second arrive and 6 are picked up by 20 tasks on premises and 4 in Fargate: 27 messages would wait longer than 115 s (of 120 s) in 65 s, for which 6 tasks more are needed, each of 0.2 a second and ready in 47 s; Fargate 4 → 3; 10 would be needed, and the hourly budget ($0.01 of $0.02 left) allows 3.',
    '140 s, act: 357 messages wait, the oldest for 87 s; about 0 a second arrive and 5.7 are picked up by 20 tasks on premises and 3 in Fargate: 1 message would wait longer than 115 s (of 120 s) in 62 s, for which 1 task more is needed, each of 0.2 a second and ready in 47 s; the counts stay at external 20, Fargate 3; 4 would be needed, and the hourly budget ($0.01 of $0.02 left) allows 3. About 11 messages (3.1 %) will be picked up later than 120 s, as the hourly budget ($0.01 of $0.02 left) allows 3 of the 4 tasks in Fargate that would be needed.',
    '200 s, act: 12 messages wait, the oldest for 122 s; about 0 a second arrive and 5.7 are picked up by 20 tasks on premises and 3 in Fargate: all that waits can be picked up in time; Fargate 3 → 2; 3 would be needed, and the hourly budget ($0.01 of $0.02 left) allows 2. About 9 messages (75 %) will be picked up later than 120 s, as the hourly budget ($0.01 of $0.02 left) allows 2 of the 3 tasks in Fargate that would be needed.',
    '210 s, act: No message waits, 0 in work; about 0 a second arrive: 2 tasks can go and all that waits is still picked up in time; Fargate 2 → 0.',
    '230 s, end: No message waits, 0 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 24,
    looksInAll: 24,
    lastLookMs: 230,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1108,
    told: { atMs: 230, pickedUp: 1108 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 90,
    lag: { starts: 7, meanSeconds: 42.142857, varianceSeconds2: 84.229592 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 120, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25 },
    spent: { atMs: 230, hourUsd: 0.009167, dayUsd: 0.009167 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 726,
    peakFargateTasks: 4,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 660,
    fargateIdleSeconds: 8,
    fargateBusy: { atMs: 230, toldSeconds: 382, seconds: 382 },
    fargateStarts: 5,
    moves: 6,
    costUsd: 0.009167,
    warned: 'infeasible',
  });
});

it('room on premises is used before Fargate, and given back at the end', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 200 ? 6 : 1),
    looks: 60,
    externalTasks: 10,
    limits: { externalBase: 10, externalMax: 30 },
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1251,
    late: 0,
    waiting: 0,
    looks: 26,
  });
  expect(story).toEqual([
    '20 s, act: 70 messages wait, the oldest for 12 s; about 6 a second arrive and 2.3 are picked up by 10 tasks on premises and 0 in Fargate: all that waits can be picked up in time; external 10 → 30.',
    '240 s, act: No message waits, 4 in work; about 1 a second arrive: the base of 10 tasks has been enough for 3 looks in a row; external 30 → 10.',
    '250 s, end: No message waits, 4 in work; about 1 a second arrive. The base of 10 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 26,
    looksInAll: 26,
    lastLookMs: 250,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1245,
    told: { atMs: 250, pickedUp: 1245 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lag: { starts: 3, meanSeconds: 45, varianceSeconds2: 182.25 },
    surplus: 0,
    calm: 4,
    turns: 0,
    deadLetters: { atMs: 240, messages: 0 },
    trial: { tasks: 30, fargate: 0, perTask: 0.25 },
    spent: { atMs: 250, hourUsd: 0, dayUsd: 0 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 96,
    peakFargateTasks: 0,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 0,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 250, toldSeconds: 0, seconds: 0 },
    fargateStarts: 0,
    moves: 2,
    costUsd: 0,
  });
});

it('machines that take five tasks more are asked for no more at a time, beside a base of two in Fargate', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 100 ? 9 : 1),
    looks: 60,
    externalTasks: 10,
    limits: { externalBase: 10, externalMax: 30, fargateBase: 2 },
    sees: () => ({ externalRoom: 5 }),
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 971,
    late: 0,
    waiting: 0,
    looks: 18,
  });
  expect(story).toEqual([
    '0 s, act: No message waits, 9 in work; about 0 a second arrive: all that waits can be picked up in time; Fargate 0 → 2.',
    '10 s, act: 69 messages wait, the oldest for 8 s; about 8.6 a second arrive and 2.1 are picked up by 10 tasks on premises and 0 in Fargate: all that waits can be picked up in time; external 10 → 15.',
    '20 s, act: 120 messages wait, the oldest for 13 s; about 9 a second arrive and 3.6 are picked up by 15 tasks on premises and 0 in Fargate: all that waits can be picked up in time; external 15 → 20.',
    '30 s, act: 169 messages wait, the oldest for 19 s; about 9 a second arrive and 4.5 are picked up by 20 tasks on premises and 0 in Fargate: all that waits can be picked up in time; external 20 → 25.',
    '40 s, act: 193 messages wait, the oldest for 22 s; about 8.9 a second arrive and 6.4 are picked up by 25 tasks on premises and 2 in Fargate: all that waits can be picked up in time; external 25 → 30.',
    '160 s, act: No message waits, 4 in work; about 1 a second arrive: the base of 12 tasks has been enough for 3 looks in a row; external 30 → 10.',
    '170 s, end: No message waits, 4 in work; about 1 a second arrive. The base of 12 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 18,
    looksInAll: 18,
    lastLookMs: 170,
    counts: 18,
    staleSeconds: 0,
    pickedUp: 962,
    told: { atMs: 170, pickedUp: 962 },
    externalReports: true,
    asked: [],
    fargateReady: 2,
    lagSeenMs: 40,
    lag: { starts: 3, meanSeconds: 45, varianceSeconds2: 182.25 },
    surplus: 0,
    calm: 4,
    turns: 0,
    direction: 'up',
    deadLetters: { atMs: 120, messages: 0 },
    trial: { tasks: 32, fargate: 2, perTask: 0.25 },
    spent: { atMs: 170, hourUsd: 0, dayUsd: 0 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 285,
    peakFargateTasks: 2,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 0,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 170, toldSeconds: 0, seconds: 0 },
    fargateStarts: 0,
    moves: 6,
    costUsd: 0,
  });
});

it('starts that take twice as long as believed are noticed by those that are overdue, before any task works', () => {
  const { pickedUp, late, decisions } = play({
    arrivals: (seconds) => (seconds < 300 ? 12 : 0),
    looks: 90,
    startSeconds: 90,
  });
  expect({ pickedUp, late, looks: decisions.length }).toEqual({
    pickedUp: 3650,
    late: 10,
    looks: 45,
  });
  // What was asked for first is overdue from 140 s on, and works at 170 s; planned with the belief alone 440 would be late.
  const wanted = decisions.filter(({ seconds }) => seconds >= 80 && seconds <= 170);
  expect(wanted.map(({ decision: { point } }) => point[5])).toEqual([4, 4, 7, 11, 14, 23, 32, 50, 50, 50]);
  expect(wanted.map(({ decision: { point } }) => point[6])).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 4, 4]);
});

it('tasks that start slower than the deadline are asked for by what is expected to arrive', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 200 ? 9 : 0),
    looks: 50,
    startSeconds: 100,
    limits: { startSeconds: 100, deadlineSeconds: 60 },
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1864,
    late: 0,
    waiting: 0,
    looks: 28,
  });
  expect(story).toEqual([
    '10 s, act: 39 messages wait, the oldest for 5 s; about 7.8 a second arrive and 4.1 are picked up by 20 tasks on premises and 0 in Fargate: 201 messages would wait longer than 40 s (of 60 s) in 130 s, for which 64 tasks more are needed, each of 0.2 a second and ready in 115 s; Fargate 0 → 64.',
    '20 s, act: 80 messages wait, the oldest for 9 s; about 9 a second arrive and 4.5 are picked up by 20 tasks on premises and 0 in Fargate: all that waits can be picked up in time; the counts stay at external 20, Fargate 64. About 13 messages (1.8 %) will be picked up later than 60 s, whatever is started now.',
    '120 s, act: 288 messages wait, the oldest for 32 s; about 9 a second arrive and 18.4 are picked up by 20 tasks on premises and 64 in Fargate: 42 tasks can go and all that waits is still picked up in time; Fargate 64 → 22.',
    '150 s, act: 273 messages wait, the oldest for 32 s; about 9.4 a second arrive and 10.5 are picked up by 20 tasks on premises and 22 in Fargate: 4 tasks can go and all that waits is still picked up in time; Fargate 22 → 18.',
    '170 s, act: 267 messages wait, the oldest for 31 s; about 9.1 a second arrive and 9.5 are picked up by 20 tasks on premises and 18 in Fargate: 2 tasks can go and all that waits is still picked up in time; Fargate 18 → 16.',
    '210 s, act: 170 messages wait, the oldest for 31 s; about 5.7 a second arrive and 9 are picked up by 20 tasks on premises and 16 in Fargate: 12 tasks can go and all that waits is still picked up in time; Fargate 16 → 4.',
    '220 s, act: 125 messages wait, the oldest for 35 s; about 3.1 a second arrive and 6 are picked up by 20 tasks on premises and 4 in Fargate: 4 tasks can go and all that waits is still picked up in time; Fargate 4 → 0.',
    '270 s, end: No message waits, 0 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 28,
    looksInAll: 28,
    lastLookMs: 270,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1855,
    told: { atMs: 270, pickedUp: 1855 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 110,
    lag: { starts: 30, meanSeconds: 100, varianceSeconds2: 25.673318 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 240, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25 },
    spent: { atMs: 270, hourUsd: 0.130278, dayUsd: 0.130278 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 459,
    peakFargateTasks: 64,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 9380,
    fargateIdleSeconds: 0,
    fargateBusy: { atMs: 270, toldSeconds: 2340, seconds: 2340 },
    fargateStarts: 64,
    moves: 6,
    costUsd: 0.130278,
    warned: 'infeasible',
  });
});

it('a number of tasks for a time is kept as asked for, and recalled when the time is over', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: () => 2,
    looks: 50,
    limits: { fixedTasks: 5, untilMs: at(120) },
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 262,
    late: 0,
    waiting: 0,
    looks: 14,
  });
  expect(story).toEqual([
    '0 s, act: No message waits, 2 in work; about 0 a second arrive: 5 tasks in Fargate were asked for; Fargate 0 → 5.',
    '120 s, act: No message waits, 8 in work; about 2 a second arrive: the time that was asked for is over; Fargate 5 → 0.',
    '130 s, end: No message waits, 8 in work; about 2 a second arrive. The time that was asked for is over, and both twins are at their base.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 14,
    looksInAll: 14,
    lastLookMs: 130,
    counts: 14,
    staleSeconds: 0,
    pickedUp: 260,
    told: { atMs: 130, pickedUp: 260 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 40,
    lag: { starts: 8, meanSeconds: 41.875, varianceSeconds2: 74.203125 },
    surplus: 0,
    calm: 14,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 120, messages: 0 },
    spent: { atMs: 130, hourUsd: 0.009028, dayUsd: 0.009028 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 8,
    peakFargateTasks: 5,
    startsToldMs: 0,
    taskHourUsd: 0.05,
    present: [],
    paidTasks: 0,
    fargateTaskSeconds: 650,
    fargateIdleSeconds: 400,
    fargateBusy: { atMs: 130, toldSeconds: 0, seconds: 0 },
    fargateStarts: 5,
    moves: 2,
    costUsd: 0.009028,
  });
});
