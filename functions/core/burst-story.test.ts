import { describe, expect, it } from 'vitest';
import type { BurstLedger } from './burst-ledger.ts';
import { decidedLine, endLines, refusedLine, resumedLine, signalLine } from './burst-story.ts';
import type { Burst, Trigger } from './state.ts';
import { endOf } from './verdict.ts';

const at = '2026-11-28T03:10:00.000Z';
const burst: Burst = {
  service: 'op',
  burstId: 'b-1',
  startedAt: '2026-11-28T03:00:00.000Z',
  generation: 0,
  lookSeconds: 10,
  deadlineSeconds: 120,
  baseMoves: [],
  trigger: { kind: 'hand' },
  actor: '',
};

describe('the signal of a burst', () => {
  it.each([
    [
      { kind: 'saturation', queue: 'orders', queueDelaySeconds: 16 },
      'event of a worker',
      'A worker received a message of orders that had waited for 16 s.',
    ],
    [
      { kind: 'alarm', alarmName: 'op-backlog', reason: 'Threshold Crossed' },
      'event of CloudWatch',
      'The alarm op-backlog rose: Threshold Crossed.',
    ],
    [{ kind: 'alarm', alarmName: 'op-backlog' }, 'event of CloudWatch', 'The alarm op-backlog rose.'],
    [{ kind: 'site-loss', machine: 'mi-1' }, 'event of ECS', 'The agent of the machine mi-1 is lost.'],
    [{ kind: 'hand' }, 'StartExecution, by hand', 'Somebody asked for a burst.'],
  ] as const)('is told with its source: %j', (trigger: Trigger, source, text) => {
    expect(signalLine({ ...burst, trigger })).toEqual({
      key: 'burst#b-1#signal',
      kind: 'burst',
      subject: 'b-1',
      at: '2026-11-28T03:00:00.000Z',
      source,
      actor: '',
      text,
      detail: { trigger },
    });
  });

  it('of a person is told with what was asked for', () => {
    const untilMs = Date.parse('2026-11-28T03:30:00.000Z');
    const text = (more: Partial<Burst>): string => signalLine({ ...burst, actor: 'ada', ...more }).text;
    expect(text({})).toBe('ada asked for a burst.');
    expect(text({ tasks: 1 })).toBe('ada asked for a burst, with 1 Fargate task.');
    expect(text({ tasks: 3, untilMs })).toBe(
      'ada asked for a burst, with 3 Fargate tasks until 2026-11-28T03:30:00.000Z.',
    );
    expect(text({ untilMs })).toBe('ada asked for a burst, until 2026-11-28T03:30:00.000Z.');
    expect(signalLine({ ...burst, actor: 'ada' }).actor).toBe('ada');
  });
});

describe('what is told on the way of a burst', () => {
  it('is each decision with its reason, once for each look, and its warning', () => {
    const moves = [{ twin: 'op-fargate', desiredCount: 3 }];
    expect(decidedLine(burst, 4, { reason: 'Much waits; Fargate 0 → 3', moves }, undefined, at)).toEqual({
      key: 'burst#b-1#look#4',
      kind: 'burst',
      subject: 'b-1',
      at,
      source: 'look at the queue',
      actor: '',
      text: 'Much waits; Fargate 0 → 3.',
      detail: { look: 4, moves },
    });
    const alarm = { kind: 'fire', reason: 'Failures explain it' };
    expect(decidedLine(burst, 5, { reason: 'Nothing is added.', moves: [] }, alarm, at)).toMatchObject({
      key: 'burst#b-1#look#5',
      text: 'Nothing is added. Failures explain it.',
      detail: { look: 5, moves: [], alarm: 'fire' },
    });
    // What is in the reason already, with a capital or without, is not said again.
    const late = { kind: 'infeasible', reason: 'about 7 messages will be late' };
    expect(
      decidedLine(burst, 6, { reason: 'Fargate 0 → 8. About 7 messages will be late.', moves }, late, at),
    ).toMatchObject({ text: 'Fargate 0 → 8. About 7 messages will be late.', detail: { alarm: 'infeasible' } });
  });

  it('is each execution that goes on with it', () => {
    expect(resumedLine({ ...burst, generation: 2 }, at)).toMatchObject({
      key: 'burst#b-1#resumed#2',
      at,
      source: 'lease',
      text: 'Another execution goes on with the burst, whose own had ended and not closed it.',
      detail: { generation: 2 },
    });
  });

  it('is a start that was refused, with its signal', () => {
    const trigger = { kind: 'saturation', queue: 'orders' };
    const end = endOf('burst', 'refused', 'never-released', 'It has no release.');
    expect(refusedLine({ burstId: 'b-2', trigger }, end, at)).toEqual({
      key: 'burst#b-2#refused',
      kind: 'burst',
      subject: 'b-2',
      at,
      source: 'event of a worker',
      actor: '',
      text: 'refused (never-released): It has no release.',
      detail: { verdict: 'refused', cause: 'never-released', trigger },
    });
    expect(refusedLine({ burstId: 'b-2', actor: 'ada', trigger }, end, at).actor).toBe('ada');
  });
});

describe('the end of a burst', () => {
  const ledger: BurstLedger = {
    looks: 9,
    peakBacklog: 600,
    peakFargateTasks: 8,
    fargateStarts: 9,
    turns: 1,
    fargateSeconds: { paid: 499, starting: 148, idle: 240, used: 71, afterStop: 40 },
    usd: { fargate: 0.0034, controller: 0.0015, logs: 0.0002, network: 0.0001 },
    pickUps: { messages: 600, lateShare: 0.57, p99Seconds: 40 },
    completions: { messages: 600, lateShare: 0.6, p99Seconds: 45 },
  };
  const milestone = (kind: 'signal' | 'decision' | 'first Fargate task' | 'peak' | 'drain' | 'recall' | 'end') => ({
    kind,
    atMs: Date.parse('2026-11-28T03:05:00.000Z'),
    seconds: 300,
  });
  const end = endOf('burst', 'recalled', 'calm', 'The base is enough.');

  it('is what the looks saw besides the decisions, the verdict and the ledger', () => {
    const kinds = ['signal', 'decision', 'first Fargate task', 'peak', 'drain', 'recall', 'end'] as const;
    const lines = endLines({ ...burst, actor: 'ada' }, kinds.map(milestone), end, ledger, at);
    expect(lines.map(({ key, text }) => [key, text])).toEqual([
      ['burst#b-1#first-Fargate-task', 'The first Fargate task works.'],
      ['burst#b-1#peak', 'As many messages wait as at no other look.'],
      ['burst#b-1#drain', 'Nothing has waited long any more.'],
      ['burst#b-1#recall', 'The last Fargate tasks are given back.'],
      ['burst#b-1#ended', 'recalled (calm): The base is enough.'],
      [
        'burst#b-1#ledger',
        'Ledger: 499 s of Fargate paid for (71 used, 148 starting, 240 idle, 40 after the stop), 9 starts, 8 tasks at most; $0.0034 of Fargate, $0.0015 of the controller, $0.0002 of logs and $0.0001 of the network; 600 messages picked up, 57.00 % of them late.',
      ],
    ]);
    expect(lines[0]).toMatchObject({ at: '2026-11-28T03:05:00.000Z', source: 'look at the queue', actor: '' });
    expect(lines[4]).toMatchObject({
      at,
      source: 'burst',
      actor: 'ada',
      detail: { verdict: 'recalled', cause: 'calm' },
    });
    expect(lines[5]).toMatchObject({ at, source: 'burst', actor: 'ada', detail: { ledger } });
  });

  it('says where no pick-up was counted', () => {
    const spot = { paidSeconds: 300, usd: 0.0011, takenBack: 2 };
    expect(endLines(burst, [], end, { ...ledger, spot }, at).at(-1)?.text).toContain(
      '$0.0034 of Fargate (300 s and $0.0011 of it on Spot, where AWS took 2 back), $0.0015 of the controller, $0.0002 of logs',
    );
    const none = { ...ledger, pickUps: { messages: 0, lateShare: 0, p99Seconds: undefined } };
    expect(endLines(burst, [], end, none, at).at(-1)?.text).toMatch(/; no pick-up was counted\.$/);
  });

  it('tells what others would have cost after the ledger, where that was reckoned', () => {
    const policy = {
      policy: 'KEDA, defaults',
      lateShare: 0.5695,
      fargateSeconds: 2_410,
      usd: 0.01652,
      starts: 8,
      peakTasks: 8,
    };
    const comparison = {
      deadlineSeconds: 20,
      messages: 599.7,
      taskSecondsPerMessage: 0.25,
      measured: true,
      boundFargateSeconds: 87.6,
      boundUsd: 0.0006,
      reckonedLateShare: 0.57,
      policies: [{ ...policy, policy: 'target tracking, 1 min', fargateSeconds: 0, usd: 0 }, policy],
    };
    const lines = endLines({ ...burst, actor: 'ada' }, [], end, { ...ledger, comparison }, at);
    expect(lines.map(({ key }) => key)).toEqual(['burst#b-1#ended', 'burst#b-1#ledger', 'burst#b-1#comparison']);
    expect(lines[2]).toMatchObject({
      at,
      source: 'burst',
      actor: 'ada',
      text: 'The same 600 messages with others, as reckoned: target tracking, 1 min $0.0000 with 56.95 % late; KEDA, defaults $0.0165 with 56.95 % late. No controller could have kept the deadline with less than 88 s of Fargate ($0.0006).',
    });
  });

  it('says nothing of the seconds after the stop where a record has counted them as used', () => {
    const { afterStop, ...fargateSeconds } = ledger.fargateSeconds;
    expect(endLines(burst, [], end, { ...ledger, fargateSeconds }, at).at(-1)?.text).toContain(
      '(71 used, 148 starting, 240 idle), 9 starts',
    );
  });

  it('says nothing of logs and the network where a record holds nothing of them', () => {
    const { logs, network, ...usd } = ledger.usd;
    for (const known of [usd, { ...usd, logs }, { ...usd, network }])
      expect(endLines(burst, [], end, { ...ledger, usd: known }, at).at(-1)?.text).toContain(
        '$0.0015 of the controller; 600',
      );
  });
});
