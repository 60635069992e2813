import { describe, expect, it } from 'vitest';
import {
  bakeLine,
  bakesOnLine,
  endLine,
  leftLine,
  movedLine,
  probeLine,
  provedLine,
  registeredLine,
  scanLine,
  startLines,
  toldEnds,
  waitLine,
} from './rollout-story.ts';
import type { Rollout } from './state.ts';
import { endOf } from './verdict.ts';

const at = '2026-11-28T03:00:30.000Z';
const digest = `sha256:${'a'.repeat(64)}`;
const arn = (revision: string): string => `arn:aws:ecs:us-east-1:123456789012:task-definition/${revision}`;

const rollout = {
  service: 'shop',
  rolloutId: 'r-1',
  startedAt: '2026-11-28T03:00:00.000Z',
  deadlineAt: '2026-11-28T03:30:25.000Z',
  deadlineSeconds: 1_800,
  settleSeconds: 5,
  goal: 'release',
  digest,
  image: 'shop:v7',
  tag: 'v7',
  gates: { deployableTags: [], windows: [] },
  twins: [
    { twin: 'shop-fargate', capacity: 'fargate', baseTasks: 0 },
    { twin: 'shop-external', capacity: 'external', baseTasks: 3 },
  ],
  bakeSeconds: 30,
  trigger: { kind: 'push' },
  actor: 'ada',
} as unknown as Rollout;

const texts = (of: Rollout, scan: Parameters<typeof startLines>[1] = null): readonly string[] =>
  startLines(of, scan).map(({ text }) => text);

describe('the start of a rollout', () => {
  it('is told as what was asked for when, and as what began once it had the service', () => {
    expect(startLines(rollout, null)).toEqual([
      {
        key: 'rollout#r-1#asked',
        kind: 'rollout',
        subject: 'r-1',
        at: '2026-11-28T03:00:00.000Z',
        source: 'StartExecution, by push',
        actor: 'ada',
        text: 'shop:v7 was asked for.',
        detail: { digest, image: 'shop:v7', trigger: { kind: 'push' } },
      },
      {
        key: 'rollout#r-1#started',
        kind: 'rollout',
        subject: 'r-1',
        // The deadline less its 1,800 s and the 5 s for which an overtaken writer is waited for.
        at: '2026-11-28T03:00:20.000Z',
        source: 'lease',
        actor: 'ada',
        text: `shop begins to move to ${digest}: it is neither frozen nor held.`,
        detail: {
          digest,
          image: 'shop:v7',
          trigger: { kind: 'push' },
          twins: ['shop-fargate', 'shop-external'],
        },
      },
    ]);
  });

  it('names the gates that it passed', () => {
    const windows = [{ days: ['mon', 'tue'], from: '09:00', to: '17:00', timeZone: 'Europe/Berlin' }];
    const gated = { ...rollout, gates: { deployableTags: ['v*', 'r-*'], windows } } as unknown as Rollout;
    expect(texts(gated).at(-1)).toBe(
      `shop begins to move to ${digest}: its tag 'v7' is one of v*, r-*, it is neither frozen nor held, a window is open (mon, tue 09:00-17:00 Europe/Berlin).`,
    );
    const second = { days: ['fri'], from: '10:00', to: '12:00', timeZone: 'UTC' };
    const twice = { ...gated, gates: { deployableTags: [], windows: [...windows, second] } } as unknown as Rollout;
    expect(texts(twice).at(-1)).toContain('(mon, tue 09:00-17:00 Europe/Berlin; fri 10:00-12:00 UTC)');
    const { tag: _tag, ...untagged } = gated;
    expect(texts(untagged).at(-1)).not.toContain('its tag');
  });

  it('has a line of the scan between them, with its own time', () => {
    const scan = { at: '2026-11-28T03:00:10.000Z', reason: 'The scan found nothing' };
    expect(texts(rollout, scan)[1]).toBe('The scan found nothing.');
    expect(scanLine(rollout, scan)).toMatchObject({
      key: 'rollout#r-1#scan',
      at: '2026-11-28T03:00:10.000Z',
      source: 'DescribeImageScanFindings',
    });
  });

  it('of a refresh and of a way back says so, and names no gate that it did not meet', () => {
    expect(texts({ ...rollout, goal: 'refresh' })[0]).toBe(
      'The current release was asked for on the newest templates: shop:v7.',
    );
    expect(texts({ ...rollout, goal: 'take-back' })).toEqual([
      'The way back from what was left half done was asked for.',
      `shop begins to move to ${digest}.`,
    ]);
  });
});

describe('what is told on the way of a rollout', () => {
  const before = {
    'shop-fargate': { taskDefinition: arn('shop-fargate:6'), desiredCount: 0 },
    'shop-external': { taskDefinition: arn('shop-external:8'), desiredCount: 3 },
  };
  const taskDefinitions = { 'shop-fargate': arn('shop-fargate:7'), 'shop-external': arn('shop-external:9') };

  it('is what was registered, and what each twin is on now', () => {
    const line = registeredLine(rollout, { before, taskDefinitions, deferred: [] }, at);
    expect(line).toMatchObject({ key: 'rollout#r-1#registered', at, source: 'RegisterTaskDefinition', actor: 'ada' });
    expect(line.text).toBe('Registered shop-fargate:7 (now shop-fargate:6) and shop-external:9 (now shop-external:8).');
    expect(line.detail).toEqual({ taskDefinitions, deferred: [] });
  });

  it('is which twin waits for its site', () => {
    const known = { before: {}, taskDefinitions, deferred: ['shop-external'] };
    expect(registeredLine(rollout, known, at).text).toBe(
      'Registered shop-fargate:7; shop-external gets it when its site is back.',
    );
    const two = { ...known, deferred: ['shop-external', 'shop-edge'] };
    expect(registeredLine(rollout, two, at).text).toMatch(/; shop-external and shop-edge gets it when/);
  });

  const step = {
    twin: 'shop-external',
    to: { taskDefinition: arn('shop-external:9') },
    back: { taskDefinition: arn('shop-external:8') },
  };
  const deployment = { id: 'ecs-svc/1', createdAtMs: 0 };

  it.each([
    ['forward', 'moved', 3, 'shop-external moves to shop-external:9 with 3 tasks.'],
    ['forward', 'arrived', 1, 'shop-external is already on shop-external:9 with 1 task.'],
    ['back', 'moved', 0, 'shop-external goes back to shop-external:8 with 0 tasks.'],
    ['back', 'arrived', 2, 'shop-external is already on shop-external:8 with 2 tasks.'],
  ] as const)('is each move: %s, %s with %i', (way, kind, desiredCount, text) => {
    const line = movedLine(rollout, step, way, { kind, desiredCount, deployment }, at);
    expect(line).toMatchObject({ key: `rollout#r-1#${way}#shop-external#ecs-svc/1`, text, source: 'UpdateService' });
    const { taskDefinition } = way === 'back' ? step.back : step.to;
    expect(line.detail).toEqual({ twin: 'shop-external', taskDefinition, desiredCount, deployment: 'ecs-svc/1' });
  });

  it('is which twin the way back leaves alone', () => {
    const line = leftLine(rollout, 'shop-external', 'It is someone else’s', at);
    expect(line).toMatchObject({ key: 'rollout#r-1#left#shop-external', detail: { twin: 'shop-external' } });
    expect(line.text).toBe('shop-external is left alone: It is someone else’s.');
    expect(line.source).toBe('DescribeServices');
  });

  it('is what ended each wait, once for each deployment, with its source', () => {
    const of = { rolloutId: 'r-1', phase: 'forward', twin: 'shop-external', deployment: 'ecs-svc/1' };
    expect(waitLine(of, { kind: 'done', reason: 'It completed' }, 'event of ECS', at)).toEqual({
      key: 'rollout#r-1#forward-done#shop-external#ecs-svc/1',
      kind: 'rollout',
      subject: 'r-1',
      at,
      source: 'event of ECS',
      actor: '',
      text: 'It completed.',
      detail: { phase: 'forward', twin: 'shop-external' },
    });
    const failed = { kind: 'failed', failure: { reason: 'It crashed!' } } as const;
    const bake = { ...of, phase: 'bake', twin: '', deployment: '' };
    const line = waitLine(bake, failed, 'event of CloudWatch', at);
    expect(line).toMatchObject({ key: 'rollout#r-1#bake-failed##', text: 'It crashed!' });
    expect(line.detail).toStrictEqual({ phase: 'bake' });
  });

  it('is how the probe was judged', () => {
    expect(probeLine(rollout, 'shop-fargate', '', at)).toMatchObject({
      key: 'rollout#r-1#probe#shop-fargate',
      source: 'DescribeTasks',
      text: 'The probe of shop-fargate proved the release, and is stopped.',
      detail: { twin: 'shop-fargate', proved: true },
    });
    expect(probeLine(rollout, 'shop-fargate', 'The probe failed', at)).toMatchObject({
      text: 'The probe failed.',
      detail: { proved: false },
    });
  });

  it('is when the bake began and what ends it', () => {
    expect(bakeLine(rollout, at)).toMatchObject({
      key: 'rollout#r-1#bake',
      at,
      source: 'bake',
      text: 'Every twin has arrived: until 30 s after that no task may fail, no alarm rise and no dead-letter queue grow.',
      detail: { bakeSeconds: 30 },
    });
  });

  it('is why the bake goes on, once for each reason', () => {
    const line = bakesOnLine(rollout, { twin: 'shop-fargate', reason: '2 of 3 tasks run' }, at);
    expect(line).toMatchObject({
      key: 'rollout#r-1#bakes-on#shop-fargate#2 of 3 tasks run',
      source: 'DescribeTasks',
      text: 'The bake goes on: 2 of 3 tasks run.',
      detail: { twin: 'shop-fargate' },
    });
    const long = bakesOnLine(rollout, { twin: 'shop-fargate', reason: 'x'.repeat(2_000) }, at);
    expect(long.key.length).toBeLessThan(300);
  });

  it('is which digests were read, and where none was', () => {
    const twins = [
      { twin: 'a', tasks: 2, desiredCount: 3 },
      { twin: 'b', tasks: 1, desiredCount: 0, probed: true },
      { twin: 'c', tasks: 0, desiredCount: 0 },
      { twin: 'd', tasks: 1, desiredCount: 1 },
      { twin: 'e', tasks: 1, desiredCount: 2, probed: true },
    ];
    const child = `sha256:${'b'.repeat(64)}`;
    const line = provedLine(rollout, twins, { a: [digest], d: [digest, child] }, at);
    expect(line).toMatchObject({ key: 'rollout#r-1#proved', source: 'DescribeTasks', detail: { twins } });
    expect(line.text).toBe(
      'The bake of 30 s is over: a runs sha256:aaaaaaaaaaaa in 2 of 3 tasks; a probe proved b, which rests at 0; no task of c runs, so nothing is proved there; ' +
        'd runs sha256:aaaaaaaaaaaa and sha256:bbbbbbbbbbbb in 1 of 1 task; a probe proved e, which rested at 0. Alarms are quiet and no dead-letter queue has grown.',
    );
  });
});

describe('the ends that a history must tell', () => {
  const now = Date.parse(at);
  const ended = {
    rolloutId: 'r-1',
    verdict: 'completed',
    cause: 'proved',
    endedAt: '2026-11-28T02:45:29.999Z',
  } as const;
  const told = (...records: Parameters<typeof toldEnds>[0]) => toldEnds(records, now);

  it('are those of the rollouts whose record has an end for a quarter of an hour', () => {
    const { key } = endLine(rollout, endOf('rollout', 'completed', 'proved', 'It runs.'), at);
    expect(told(ended)).toEqual([
      { key, what: 'rollout r-1, which is recorded as completed (proved) at 2026-11-28T02:45:29.999Z' },
    ]);
    expect(told({ ...ended, endedAt: '2026-11-28T02:45:30.000Z' })).toEqual([]);
    expect(told({ ...ended, endedAt: at })).toEqual([]);
  });

  it('are none of a rollout that has not ended, nor of one that was closed without a word', () => {
    expect(told({ rolloutId: 'r-2' })).toEqual([]);
    expect(told({ ...ended, verdict: 'superseded', cause: 'fence-lost' })).toEqual([]);
    expect(told({ ...ended, verdict: 'superseded', cause: 'newer-rollout' })).toHaveLength(1);
  });
});

describe('the end of a rollout', () => {
  it('is its verdict, cause and reason', () => {
    expect(endLine(rollout, endOf('rollout', 'refused', 'held', 'It is held.'), at)).toEqual({
      key: 'rollout#r-1#ended',
      kind: 'rollout',
      subject: 'r-1',
      at,
      source: 'rollout, by push',
      actor: 'ada',
      text: 'refused (held): It is held.',
      detail: { digest, image: 'shop:v7', trigger: { kind: 'push' }, verdict: 'refused', cause: 'held' },
    });
  });
});
