import { describe, expect, it } from 'vitest';
import {
  concludePlan,
  diffFields,
  estimateRollout,
  judgeParity,
  judgeStopTimeout,
  type SharedParts,
  tookSeconds,
} from './release-plan.ts';
import type { RolloutRecord } from './state.ts';

describe('the difference of two task definitions', () => {
  it('names each field that changes, comes or goes, and named entries by their name', () => {
    const environment = [{ name: 'A', value: '1' }];
    const old = { cpu: '512', containerDefinitions: [{ name: 'shop', image: 'x:1', environment }] };
    const next = {
      memory: '1024',
      containerDefinitions: [
        { name: 'shop', image: 'x:2', environment: [{ name: '0', value: 'new' }, ...environment] },
      ],
    };
    expect(diffFields(old, next)).toEqual([
      { field: 'cpu', old: '"512"' },
      { field: 'containerDefinitions[shop].image', old: '"x:1"', new: '"x:2"' },
      { field: 'memory', new: '"1024"' },
      { field: 'containerDefinitions[shop].environment[0].name', new: '"0"' },
      { field: 'containerDefinitions[shop].environment[0].value', new: '"new"' },
    ]);
    expect(diffFields(old, structuredClone(old))).toEqual([]);
  });

  it('counts entries without a name, tells null from nothing, and knows dots inside of names', () => {
    const old = { command: ['node', 'a.mjs'], links: [{ name: 7 }], user: null, options: { 'awslogs.group': 'a' } };
    const next = {
      command: ['node', 'b.mjs'],
      links: [{ name: 8 }],
      options: { 'awslogs.group': 'b' },
      tty: undefined,
    };
    expect(diffFields(old, next)).toEqual([
      { field: 'command[1]', old: '"a.mjs"', new: '"b.mjs"' },
      { field: 'links[0].name', old: '7', new: '8' },
      { field: 'user', old: 'null' },
      { field: 'options.awslogs.group', old: '"a"', new: '"b"' },
    ]);
  });

  it('shows 300 characters of a value, and 100 changes', () => {
    const shown = (length: number) => diffFields({}, { a: 'x'.repeat(length - 2) })[0]?.new;
    expect(shown(300)).toBe(`"${'x'.repeat(298)}"`);
    expect(shown(301)).toBe(`"${'x'.repeat(299)}…`);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, 1]));
    expect(diffFields({}, many)).toHaveLength(100);
  });
});

describe('the parity of two twins', () => {
  const parts: SharedParts = {
    twin: 'shop-external',
    environment: { A: '1' },
    secrets: { KEY: 'arn:key' },
    executionRole: 'arn:role',
    log: { logDriver: 'awslogs' },
    image: 'sha256:1',
  };
  const other = { ...parts, twin: 'shop-fargate' };

  it('holds where they agree', () => {
    expect(judgeParity(parts, other)).toEqual({
      check: 'parity',
      outcome: 'ok',
      reason: 'shop-external and shop-fargate agree.',
    });
  });

  it('names all fields in which they differ', () => {
    expect(judgeParity(parts, { ...other, executionRole: 'arn:other', image: 'sha256:2' })).toEqual({
      check: 'parity',
      outcome: 'warns',
      reason: 'shop-external and shop-fargate differ in executionRole, image.',
    });
  });

  it.each([
    ['environment.A', { environment: { A: '2' } }],
    ['environment.A', { environment: {} }],
    ['secrets.KEY', { secrets: { KEY: 'arn:other' } }],
    ['executionRole', { executionRole: 'arn:other' }],
    ['log.logDriver', { log: { logDriver: 'json-file' } }],
    ['image', { image: 'sha256:2' }],
  ])('is missed in %s', (field, change) => {
    const judged = judgeParity(parts, { ...other, ...change });
    expect(judged).toMatchObject({ outcome: 'warns', reason: expect.stringContaining(` ${field}`) });
  });
});

describe('a plan', () => {
  it('refuses a stop timeout above the 120 s of Fargate', () => {
    expect(judgeStopTimeout('shop-fargate', 120)).toBeUndefined();
    expect(judgeStopTimeout('shop-fargate', undefined)).toBeUndefined();
    expect(judgeStopTimeout('shop-fargate', 121)).toEqual({
      check: 'stop timeout of shop-fargate',
      outcome: 'refuses',
      cause: 'task-definition-unfit',
      reason: 'The stop timeout of shop-fargate is 121 s, and Fargate accepts at most 120.',
    });
  });

  it('says the first thing that refuses, else what it waits for', () => {
    const ok = { check: 'a', outcome: 'ok', reason: 'A.' } as const;
    const waits = { check: 'b', outcome: 'waits', reason: 'B.' } as const;
    const refuses = { check: 'c', outcome: 'refuses', reason: 'C.', cause: 'frozen' } as const;
    expect(concludePlan([ok, waits, refuses])).toEqual({ wouldStart: false, reason: 'C.' });
    expect(concludePlan([ok, waits])).toEqual({ wouldStart: true, reason: 'A rollout would start, and wait: B.' });
    expect(concludePlan([waits, waits]).reason).toBe('A rollout would start, and wait: B. B.');
    expect(concludePlan([ok])).toEqual({ wouldStart: true, reason: 'A rollout would start.' });
  });

  it('takes as long as the middle one of those before, else round by round', () => {
    const percents = { minimumHealthyPercent: 50, maximumPercent: 150 };
    const twins = [
      { desiredCount: 4, percents },
      { desiredCount: 0, percents },
    ];
    expect(estimateRollout([300, 100, 200], twins, 60)).toEqual({
      seconds: 200,
      from: 'records',
      reason: 'the middle one of the last 3 that completed',
    });
    // Two stay and six may run: one round of four.
    expect(estimateRollout([], twins, 60)).toEqual({
      seconds: 120,
      from: 'arithmetic',
      reason: 'no rollout has completed yet: 1 rounds of 60 s, and 60 s of bake',
    });
    // Nothing may stop and nothing may start; still the twin is counted one by one.
    const stuck = { minimumHealthyPercent: 100, maximumPercent: 100 };
    expect(estimateRollout([], [{ desiredCount: 3, percents: stuck }], 0)).toMatchObject({ seconds: 180 });
    // Three stay, since ECS rounds up, and seven may run: two rounds of five.
    expect(estimateRollout([], [{ desiredCount: 5, percents }], 0)).toMatchObject({ seconds: 120 });
  });
});

describe('how long a rollout took', () => {
  const admitted = { deadlineAt: '2026-11-28T15:30:20.000Z', settleSeconds: 20, deadlineSeconds: 1_800 };
  const record = {
    // Six hours before it was approved.
    startedAt: '2026-11-28T09:00:00.000Z',
    endedAt: '2026-11-28T15:05:00.000Z',
    verdict: 'completed',
    cause: 'proved',
    admitted,
  } as unknown as RolloutRecord;

  it('counts from its lease, and not what it waited for before', () => {
    expect(tookSeconds(record)).toBe(300);
  });

  it('is known of rollouts alone that completed and did something', () => {
    expect(tookSeconds({ ...record, verdict: 'rolled-back' })).toBeUndefined();
    expect(tookSeconds({ ...record, cause: 'already-current' })).toBeUndefined();
    expect(tookSeconds({ ...record, admitted: undefined } as never)).toBeUndefined();
    expect(tookSeconds({ ...record, endedAt: undefined } as never)).toBeUndefined();
  });
});
