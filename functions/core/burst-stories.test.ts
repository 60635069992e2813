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
    pickedUp: 1512,
    late: 0,
    waiting: 0,
    looks: 28,
  });
  expect(story).toEqual([
    '70 s, act: 634 messages wait, the oldest for 45 s; about 14 a second arrive and 4.9 are picked up by 20 tasks on premises and 0 in Fargate: 89 messages would wait longer than 112 s (of 120 s) in 112 s, for which 7 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 7.',
    '80 s, act: 708 messages wait, the oldest for 52 s; about 13.6 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 32 messages would wait longer than 112 s (of 120 s) in 112 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 7 → 10.',
    '190 s, act: 181 messages wait, the oldest for 92 s; about 2 a second arrive and 7.5 are picked up by 20 tasks on premises and 10 in Fargate: 3 tasks can go and all that waits is still picked up in time; Fargate 10 → 7.',
    '200 s, act: 136 messages wait, the oldest for 72 s; about 2 a second arrive and 6.7 are picked up by 20 tasks on premises and 7 in Fargate: 7 tasks can go and all that waits is still picked up in time; Fargate 7 → 0.',
    '270 s, end: No message waits, 8 in work; about 2 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 28,
    looksInAll: 28,
    lastLookMs: 270,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1498,
    told: { atMs: 270, pickedUp: 1498 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 120,
    lag: { starts: 13, meanSeconds: 41.153846, varianceSeconds2: 46.495562 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 240, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25 },
    spent: { atMs: 270, hourUsd: 0.017222, dayUsd: 0.017222 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 728,
    peakFargateTasks: 10,
    fargateTaskSeconds: 1240,
    fargateIdleSeconds: 0,
    fargateStarts: 10,
    moves: 4,
    costUsd: 0.017222,
  });
  // The curve of the burst: time, arrived, waiting, age of the oldest, external, Fargate wanted and at work.
  expect(decisions.map(({ decision }) => told({ point: decision.point }))).toEqual([
    { point: [1795435200000, 0, 0, 0, 20, 0, 0] },
    { point: [1795435210000, 140, 94, 7, 20, 0, 0] },
    { point: [1795435220000, 280, 180, 13, 20, 0, 0] },
    { point: [1795435230000, 420, 274, 19, 20, 0, 0] },
    { point: [1795435240000, 560, 360, 26, 20, 0, 0] },
    { point: [1795435250000, 700, 454, 32, 20, 0, 0] },
    { point: [1795435260000, 840, 540, 39, 20, 0, 0] },
    { point: [1795435270000, 980, 634, 45, 20, 7, 0] },
    { point: [1795435280000, 1108, 708, 52, 20, 10, 0] },
    { point: [1795435290000, 1128, 682, 58, 20, 10, 0] },
    { point: [1795435300000, 1148, 648, 64, 20, 10, 0] },
    { point: [1795435310000, 1161, 615, 70, 20, 10, 7] },
    { point: [1795435320000, 1185, 564, 76, 20, 10, 10] },
    { point: [1795435330000, 1208, 511, 80, 20, 10, 10] },
    { point: [1795435340000, 1228, 454, 85, 20, 10, 10] },
    { point: [1795435350000, 1248, 401, 89, 20, 10, 10] },
    { point: [1795435360000, 1268, 344, 94, 20, 10, 10] },
    { point: [1795435370000, 1288, 291, 99, 20, 10, 10] },
    { point: [1795435380000, 1308, 234, 104, 20, 10, 10] },
    { point: [1795435390000, 1328, 181, 92, 20, 7, 10] },
    { point: [1795435400000, 1351, 136, 72, 20, 0, 7] },
    { point: [1795435410000, 1378, 117, 60, 20, 0, 0] },
    { point: [1795435420000, 1398, 83, 46, 20, 0, 0] },
    { point: [1795435430000, 1418, 57, 30, 20, 0, 0] },
    { point: [1795435440000, 1438, 23, 16, 20, 0, 0] },
    { point: [1795435450000, 1458, 0, 0, 20, 0, 0] },
    { point: [1795435460000, 1478, 0, 0, 20, 0, 0] },
    { point: [1795435470000, 1498, 0, 0, 20, 0, 0] },
  ]);
});

it('a flash that no task reports of is met by what ECS tells and the work is believed to take, with more in hand', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 80 ? 14 : seconds < 300 ? 2 : 0),
    looks: 80,
    mute: true,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1517,
    late: 0,
    waiting: 0,
    looks: 28,
  });
  expect(story).toEqual([
    '60 s, act: 540 messages wait, the oldest for 40 s; about 13.9 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 43 messages would wait longer than 99 s (of 120 s) in 99 s, for which 4 tasks more are needed, each of 0.3 a second and ready in 52 s; Fargate 0 → 4.',
    '70 s, act: 634 messages wait, the oldest for 50 s; about 14.1 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 80 messages would wait longer than 99 s (of 120 s) in 99 s, for which 7 tasks more are needed, each of 0.3 a second and ready in 52 s; Fargate 4 → 11.',
    '80 s, act: 708 messages wait, the oldest for 60 s; about 13.5 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 43 messages would wait longer than 99 s (of 120 s) in 99 s, for which 4 tasks more are needed, each of 0.3 a second and ready in 52 s; Fargate 11 → 15.',
    '150 s, act: 341 messages wait, the oldest for 90 s; about 2.2 a second arrive and 8.8 are picked up by 20 tasks on premises and 15 in Fargate: 6 tasks can go and all that waits is still picked up in time; Fargate 15 → 9.',
    '160 s, act: 291 messages wait, the oldest for 90 s; about 2.1 a second arrive and 7.3 are picked up by 20 tasks on premises and 9 in Fargate: 4 tasks can go and all that waits is still picked up in time; Fargate 9 → 5.',
    '190 s, act: 173 messages wait, the oldest for 80 s; about 2.3 a second arrive and 6.3 are picked up by 20 tasks on premises and 5 in Fargate: 5 tasks can go and all that waits is still picked up in time; Fargate 5 → 0.',
    '270 s, end: No message waits, 8 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 28,
    looksInAll: 28,
    lastLookMs: 270,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1447.5,
    externalReports: false,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 115,
    lag: { starts: 18, meanSeconds: 36.666667, varianceSeconds2: 44.263889 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 240, messages: 0 },
    spent: { atMs: 270, hourUsd: 0.02, dayUsd: 0.02 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 728,
    peakFargateTasks: 15,
    fargateTaskSeconds: 1440,
    fargateIdleSeconds: 0,
    fargateStarts: 15,
    moves: 6,
    costUsd: 0.02,
  });
});

it('a queue whose counts are 30 s old is found out, and met in time', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 120 ? 12 : 0),
    looks: 80,
    countsBehind: 30,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1440,
    late: 0,
    waiting: 0,
    looks: 29,
  });
  expect(story).toEqual([
    '80 s, act: 352 messages are counted, which is old: by what was picked up about 564 messages wait, the oldest for 47 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 9 messages would wait longer than 112 s (of 120 s) in 112 s, for which 1 task more is needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 1.',
    '90 s, act: 420 messages are counted, which is old: by what was picked up about 636 messages wait, the oldest for 53 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 64 messages would wait longer than 112 s (of 120 s) in 112 s, for which 5 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 1 → 6.',
    '100 s, act: 492 messages are counted, which is old: by what was picked up about 696 messages wait, the oldest for 58 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 33 messages would wait longer than 112 s (of 120 s) in 112 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 6 → 9.',
    '110 s, act: 560 messages are counted, which is old: by what was picked up about 768 messages wait, the oldest for 64 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 39 messages would wait longer than 112 s (of 120 s) in 112 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 9 → 12.',
    '140 s, act: 772 messages wait, the oldest for 80 s; about 11.4 a second arrive and 7.1 are picked up by 20 tasks on premises and 9 in Fargate: 17 messages would wait longer than 113 s (of 120 s) in 113 s, for which 1 task more is needed, each of 0.2 a second and ready in 45 s; Fargate 12 → 13.',
    '150 s, act: 827 messages wait, the oldest for 83 s; about 11.5 a second arrive and 7.9 are picked up by 20 tasks on premises and 12 in Fargate: 19 messages would wait longer than 113 s (of 120 s) in 113 s, for which 1 task more is needed, each of 0.2 a second and ready in 44 s; Fargate 13 → 14.',
    '240 s, act: 136 messages wait, the oldest for 121 s; about 0 a second arrive and 7.3 are picked up by 20 tasks on premises and 14 in Fargate: 14 tasks can go and all that waits is still picked up in time; Fargate 14 → 0.',
    '280 s, end: No message waits, 0 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 29,
    looksInAll: 29,
    lastLookMs: 280,
    counts: 19,
    staleSeconds: 29.857573,
    pickedUp: 1428,
    told: { atMs: 280, pickedUp: 1428 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 190,
    lag: { starts: 17, meanSeconds: 40.882353, varianceSeconds2: 35.794983 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 240, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.166667 },
    spent: { atMs: 280, hourUsd: 0.026528, dayUsd: 0.026528 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 859,
    peakFargateTasks: 14,
    fargateTaskSeconds: 1910,
    fargateIdleSeconds: 150,
    fargateStarts: 14,
    moves: 7,
    costUsd: 0.026528,
  });
});

it('a site that is cut off counts as not working although ECS goes on telling of its tasks, and its base is not enough until it is back', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 250 ? 4 : 0),
    looks: 40,
    lostFromSeconds: 5,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1000,
    late: 0,
    waiting: 0,
    looks: 40,
  });
  expect(story).toEqual([
    '40 s, act: 144 messages wait, the oldest for 40 s; about 3.6 a second arrive and 0 are picked up by 0 tasks on premises and 0 in Fargate: 144 messages would wait longer than 99 s (of 120 s) in 99 s, for which 12 tasks more are needed, each of 0.3 a second and ready in 52 s; Fargate 0 → 12.',
    '50 s, act: 184 messages wait, the oldest for 50 s; about 3.7 a second arrive and 0 are picked up by 0 tasks on premises and 0 in Fargate: 11 messages would wait longer than 99 s (of 120 s) in 99 s, for which 1 task more is needed, each of 0.3 a second and ready in 52 s; Fargate 12 → 13.',
    '60 s, act: 224 messages wait, the oldest for 60 s; about 3.7 a second arrive and 0 are picked up by 0 tasks on premises and 0 in Fargate: 7 messages would wait longer than 99 s (of 120 s) in 99 s, for which 1 task more is needed, each of 0.3 a second and ready in 52 s; Fargate 13 → 14.',
    '370 s, act: No message waits, 16 in work; about 0 a second arrive: 13 tasks can go and all that waits is still picked up in time; Fargate 14 → 1.',
    '380 s, act: No message waits, 16 in work; about 0 a second arrive: 1 task can go and all that waits is still picked up in time; Fargate 1 → 0.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 40,
    looksInAll: 40,
    lastLookMs: 390,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 980,
    told: { atMs: 390, pickedUp: 980 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 100,
    lag: { starts: 17, meanSeconds: 40.882353, varianceSeconds2: 35.794983 },
    surplus: 0,
    calm: 0,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 360, messages: 0 },
    trial: { tasks: 14, fargate: 14, perTask: 0.25 },
    spent: { atMs: 390, hourUsd: 0.063889, dayUsd: 0.063889 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 415,
    peakFargateTasks: 14,
    fargateTaskSeconds: 4600,
    fargateIdleSeconds: 120,
    fargateStarts: 14,
    moves: 5,
    costUsd: 0.063889,
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
    '20 s, act: 60 messages wait, the oldest for 8 s; about 8 a second arrive and 0.4 are picked up by 20 tasks on premises and 0 in Fargate: 20 messages would wait longer than 99 s (of 120 s) in 99 s, for which 2 tasks more are needed, each of 0.3 a second and ready in 52 s; the counts stay at external 20, Fargate 0. 88 messages failed in the last minutes and 0 were completed: the failures explain the backlog; nothing is added.',
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
    fargateTaskSeconds: 0,
    fargateIdleSeconds: 0,
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
    pickedUp: 1966,
    late: 902,
    waiting: 449,
    looks: 40,
  });
  expect(story).toEqual([
    '80 s, act: 560 messages wait, the oldest for 47 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 5 messages would wait longer than 112 s (of 120 s) in 112 s, for which 1 task more is needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 1.',
    '90 s, act: 632 messages wait, the oldest for 53 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 60 messages would wait longer than 112 s (of 120 s) in 112 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 1 → 5.',
    '100 s, act: 700 messages wait, the oldest for 58 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 54 messages would wait longer than 112 s (of 120 s) in 112 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 5 → 9.',
    '110 s, act: 772 messages wait, the oldest for 64 s; about 12 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 45 messages would wait longer than 112 s (of 120 s) in 112 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 9 → 12.',
    '120 s, act: 839 messages wait, the oldest for 70 s; about 12 a second arrive and 5.2 are picked up by 20 tasks on premises and 1 in Fargate: 25 messages would wait longer than 112 s (of 120 s) in 112 s, for which 2 tasks more are needed, each of 0.2 a second and ready in 50 s; Fargate 12 → 14.',
    '130 s, act: 905 messages wait, the oldest for 76 s; about 11.9 a second arrive and 6.2 are picked up by 20 tasks on premises and 5 in Fargate: 9 messages would wait longer than 113 s (of 120 s) in 113 s, for which 1 task more is needed, each of 0.2 a second and ready in 46 s; Fargate 14 → 15.',
    '140 s, act: 971 messages wait, the oldest for 81 s; about 11.9 a second arrive and 6.9 are picked up by 20 tasks on premises and 9 in Fargate: 64 messages would wait longer than 113 s (of 120 s) in 113 s, for which 4 tasks more are needed, each of 0.2 a second and ready in 45 s; the counts stay at external 20, Fargate 15; 19 would be needed, and fargate.maxTasks allows 15. About 6 messages (0.6 %) will be picked up later than 120 s, whatever is started now.',
    '230 s, act: 1222 messages wait, the oldest for 133 s; about 0 a second arrive and 5.4 are picked up by 20 tasks on premises and 15 in Fargate: 626 messages would wait longer than 113 s (of 120 s) in 59 s, for which 273 tasks more are needed, each of 0.2 a second and ready in 44 s; Fargate 15 → 0. 35 tasks complete 5.1 messages a second, and 20 completed 5: added tasks add no throughput; nothing is added.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 40,
    looksInAll: 40,
    lastLookMs: 390,
    counts: 29,
    staleSeconds: 0,
    pickedUp: 1954,
    told: { atMs: 390, pickedUp: 1954 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 170,
    lag: { starts: 18, meanSeconds: 40.833333, varianceSeconds2: 33.847222 },
    surplus: 0,
    calm: 0,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 360, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25, doubted: true },
    held: { untilMs: 530, fargate: 0, kind: 'no-gain' },
    spent: { atMs: 390, hourUsd: 0.026528, dayUsd: 0.026528 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 1412,
    peakFargateTasks: 15,
    fargateTaskSeconds: 1910,
    fargateIdleSeconds: 0,
    fargateStarts: 15,
    moves: 7,
    costUsd: 0.026528,
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
  const later = decisions.filter(({ seconds, decision }) => seconds >= 240 && decision.action === 'act');
  expect(later.map(({ seconds, decision }) => [seconds, decision.point[5]])).toEqual([
    [280, 0],
    [530, 10],
    [650, 0],
  ]);
  expect(later[1]?.decision.reason).toContain(
    'ready in 40 s; as added tasks have added nothing before, 10 tasks are tried first; Fargate 0 → 10.',
  );
});

it('Fargate without capacity is asked for no more than was refused, and for the rest once ECS has placed it', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 80 ? 14 : 0),
    looks: 40,
    fargateRefused: (seconds) => seconds < 100,
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1124,
    late: 0,
    waiting: 0,
    looks: 22,
  });
  expect(story).toEqual([
    '70 s, act: 634 messages wait, the oldest for 45 s; about 14 a second arrive and 4.9 are picked up by 20 tasks on premises and 0 in Fargate: 89 messages would wait longer than 112 s (of 120 s) in 112 s, for which 7 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 7.',
    '90 s, act: 660 messages wait, the oldest for 58 s; about 8.9 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 69 messages would wait longer than 112 s (of 120 s) in 102 s, for which 6 tasks more are needed, each of 0.2 a second and ready in 52 s; the counts stay at external 20, Fargate 7; 13 would be needed, and Fargate (RESOURCE:FARGATE) allows 7. About 14 messages (2.2 %) will be picked up later than 120 s, whatever is started now.',
    '110 s, act: 560 messages wait, the oldest for 71 s; about 0 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 84 messages would wait longer than 112 s (of 120 s) in 82 s, for which 12 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 7 → 19.',
    '180 s, act: 33 messages wait, the oldest for 104 s; about 0.4 a second arrive and 9.6 are picked up by 20 tasks on premises and 19 in Fargate: 4 tasks can go and all that waits is still picked up in time; Fargate 19 → 15.',
    '190 s, act: No message waits, 0 in work; about 0.1 a second arrive: 15 tasks can go and all that waits is still picked up in time; Fargate 15 → 0.',
    '210 s, end: No message waits, 0 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 22,
    looksInAll: 22,
    lastLookMs: 210,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1110,
    told: { atMs: 210, pickedUp: 1110 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 150,
    lag: { starts: 22, meanSeconds: 40.681818, varianceSeconds2: 27.796488 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 120, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25, reachedMs: 150 },
    spent: { atMs: 210, hourUsd: 0.021528, dayUsd: 0.021528 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 726,
    peakFargateTasks: 19,
    fargateTaskSeconds: 1550,
    fargateIdleSeconds: 46,
    fargateStarts: 19,
    moves: 4,
    costUsd: 0.021528,
    warned: 'infeasible',
  });
});

it('a budget is never passed: tasks are given back before, and a person is told what will be late', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 80 ? 14 : 0),
    looks: 60,
    limits: { hourlyUsdMax: 0.012 },
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1124,
    late: 51,
    waiting: 0,
    looks: 24,
  });
  expect(story).toEqual([
    '70 s, act: 634 messages wait, the oldest for 45 s; about 14 a second arrive and 4.9 are picked up by 20 tasks on premises and 0 in Fargate: 89 messages would wait longer than 112 s (of 120 s) in 112 s, for which 7 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 0 → 7.',
    '90 s, act: 660 messages wait, the oldest for 58 s; about 8.9 a second arrive and 5 are picked up by 20 tasks on premises and 0 in Fargate: 35 messages would wait longer than 112 s (of 120 s) in 102 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 52 s; Fargate 7 → 6; 10 would be needed, and the hourly budget ($0.01 of $0.01 left) allows 6.',
    '110 s, act: 554 messages wait, the oldest for 70 s; about 0 a second arrive and 6.5 are picked up by 20 tasks on premises and 6 in Fargate: 24 messages would wait longer than 113 s (of 120 s) in 83 s, for which 3 tasks more are needed, each of 0.2 a second and ready in 46 s; Fargate 6 → 5; 9 would be needed, and the hourly budget ($0.01 of $0.01 left) allows 5.',
    '130 s, act: 430 messages wait, the oldest for 82 s; about 0 a second arrive and 6.2 are picked up by 20 tasks on premises and 5 in Fargate: 37 messages would wait longer than 113 s (of 120 s) in 63 s, for which 9 tasks more are needed, each of 0.2 a second and ready in 46 s; Fargate 5 → 4; 14 would be needed, and the hourly budget ($0.01 of $0.01 left) allows 4.',
    '140 s, act: 369 messages wait, the oldest for 88 s; about 0.2 a second arrive and 5.9 are picked up by 20 tasks on premises and 4 in Fargate: 5 messages would wait longer than 113 s (of 120 s) in 61 s, for which 2 tasks more are needed, each of 0.2 a second and ready in 46 s; the counts stay at external 20, Fargate 4; 6 would be needed, and the hourly budget ($0.01 of $0.01 left) allows 4. About 10 messages (2.6 %) will be picked up later than 120 s, whatever is started now.',
    '150 s, act: 311 messages wait, the oldest for 93 s; about 0 a second arrive and 6 are picked up by 20 tasks on premises and 4 in Fargate: all that waits can be picked up in time; Fargate 4 → 3; 4 would be needed, and the hourly budget ($0.01 of $0.01 left) allows 3. About 9 messages (3 %) will be picked up later than 120 s, whatever is started now.',
    '190 s, act: 82 messages wait, the oldest for 117 s; about 0 a second arrive and 5.7 are picked up by 20 tasks on premises and 3 in Fargate: all that waits can be picked up in time; Fargate 3 → 2; 3 would be needed, and the hourly budget ($0.00 of $0.01 left) allows 2. About 21 messages (25.7 %) will be picked up later than 120 s, whatever is started now.',
    '210 s, act: No message waits, 0 in work; about 0 a second arrive: 2 tasks can go and all that waits is still picked up in time; Fargate 2 → 0.',
    '230 s, end: No message waits, 0 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 24,
    looksInAll: 24,
    lastLookMs: 230,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1109,
    told: { atMs: 230, pickedUp: 1109 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 110,
    lag: { starts: 9, meanSeconds: 41.666667, varianceSeconds2: 66.305556 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 120, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25 },
    spent: { atMs: 230, hourUsd: 0.008333, dayUsd: 0.008333 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 726,
    peakFargateTasks: 6,
    fargateTaskSeconds: 600,
    fargateIdleSeconds: 8,
    fargateStarts: 7,
    moves: 7,
    costUsd: 0.008333,
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
    fargateTaskSeconds: 0,
    fargateIdleSeconds: 0,
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
    fargateTaskSeconds: 0,
    fargateIdleSeconds: 0,
    fargateStarts: 2,
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
  expect({ pickedUp, late, looks: decisions.length }).toEqual({ pickedUp: 3657, late: 187, looks: 45 });
  // What was asked for first is overdue from 140 s on, and works at 170 s; planned with the belief alone 440 would be late.
  const wanted = decisions.filter(({ seconds }) => seconds >= 80 && seconds <= 170);
  expect(wanted.map(({ decision: { point } }) => point[5])).toEqual([1, 5, 9, 12, 15, 17, 23, 36, 46, 57]);
  expect(wanted.map(({ decision: { point } }) => point[6])).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
});

it('tasks that start slower than the deadline are asked for by what is expected to arrive', () => {
  const { pickedUp, late, waiting, decisions, story, last } = play({
    arrivals: (seconds) => (seconds < 200 ? 9 : 0),
    looks: 50,
    startSeconds: 100,
    limits: { startSeconds: 100, deadlineSeconds: 60 },
  });
  expect({ pickedUp, late, waiting, looks: decisions.length }).toEqual({
    pickedUp: 1867,
    late: 0,
    waiting: 0,
    looks: 28,
  });
  expect(story).toEqual([
    '10 s, act: 39 messages wait, the oldest for 5 s; about 7.8 a second arrive and 4.1 are picked up by 20 tasks on premises and 0 in Fargate: 211 messages would wait longer than 39 s (of 60 s) in 130 s, for which 67 tasks more are needed, each of 0.2 a second and ready in 115 s; Fargate 0 → 67.',
    '20 s, act: 80 messages wait, the oldest for 9 s; about 9 a second arrive and 4.5 are picked up by 20 tasks on premises and 0 in Fargate: all that waits can be picked up in time; the counts stay at external 20, Fargate 67. About 13 messages (1.8 %) will be picked up later than 60 s, whatever is started now.',
    '120 s, act: 279 messages wait, the oldest for 31 s; about 9 a second arrive and 19 are picked up by 20 tasks on premises and 67 in Fargate: 22 tasks can go and all that waits is still picked up in time; Fargate 67 → 45.',
    '130 s, act: 205 messages wait, the oldest for 27 s; about 9.2 a second arrive and 16.2 are picked up by 20 tasks on premises and 45 in Fargate: 29 tasks can go and all that waits is still picked up in time; Fargate 45 → 16.',
    '200 s, act: 234 messages wait, the oldest for 27 s; about 8.7 a second arrive and 8.9 are picked up by 20 tasks on premises and 16 in Fargate: 1 task can go and all that waits is still picked up in time; Fargate 16 → 15.',
    '210 s, act: 139 messages wait, the oldest for 27 s; about 5.7 a second arrive and 8.7 are picked up by 20 tasks on premises and 15 in Fargate: 13 tasks can go and all that waits is still picked up in time; Fargate 15 → 2.',
    '220 s, act: 99 messages wait, the oldest for 32 s; about 3.2 a second arrive and 5.5 are picked up by 20 tasks on premises and 2 in Fargate: 2 tasks can go and all that waits is still picked up in time; Fargate 2 → 0.',
    '270 s, end: No message waits, 0 in work; about 0 a second arrive. The base of 20 tasks has been enough for 3 looks in a row, and both twins are at it.',
  ]);
  expect(told(last?.memory)).toEqual({
    looks: 28,
    looksInAll: 28,
    lastLookMs: 270,
    counts: 19,
    staleSeconds: 0,
    pickedUp: 1858,
    told: { atMs: 270, pickedUp: 1858 },
    externalReports: true,
    asked: [],
    fargateReady: 0,
    lagSeenMs: 110,
    lag: { starts: 30, meanSeconds: 100, varianceSeconds2: 23.190613 },
    surplus: 0,
    calm: 3,
    turns: 1,
    direction: 'down',
    deadLetters: { atMs: 240, messages: 0 },
    trial: { tasks: 20, fargate: 0, perTask: 0.25 },
    spent: { atMs: 270, hourUsd: 0.126528, dayUsd: 0.126528 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 459,
    peakFargateTasks: 67,
    fargateTaskSeconds: 9110,
    fargateIdleSeconds: 0,
    fargateStarts: 67,
    moves: 6,
    costUsd: 0.126528,
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
    spent: { atMs: 130, hourUsd: 0.008333, dayUsd: 0.008333 },
    delays: { untilMs: 0, pickUps: [], completions: [] },
    peakBacklog: 8,
    peakFargateTasks: 5,
    fargateTaskSeconds: 600,
    fargateIdleSeconds: 400,
    fargateStarts: 5,
    moves: 2,
    costUsd: 0.008333,
  });
});
