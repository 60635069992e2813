import { describe, expect, it } from 'vitest';
import { admitBurst, type BurstStart } from './admit-burst.ts';
import { concludeBurst, leaveBurst } from './close-burst.ts';
import { type BurstLimits, decideBurst, looksPerExecution, type ObservedBurst } from './decide-burst.ts';
import { type BurstMemory, type Control, freshMemory } from './state.ts';

const at = (seconds: number): number => Date.parse('2026-11-23T12:00:00Z') + seconds * 1_000;

/** 2 messages at a time of 0.5 s each make 4 a second for a task; 0.8 of 20 s is planned with, so 64 messages a task. */
const limits: BurstLimits = {
  deadlineSeconds: 20,
  workSecondsPerMessage: 0.5,
  messagesPerTask: 2,
  calmLooks: 3,
  externalBase: 3,
  externalMax: 4,
  fargateBase: 0,
  fargateMax: 8,
};

const seen = (
  visible: number,
  inFlight: number,
  external: number,
  fargate: number,
  more: Partial<ObservedBurst> = {},
): ObservedBurst => ({
  visible,
  inFlight,
  external: { twin: 'op-external', desired: external, running: external, pending: 0 },
  fargate: { twin: 'op-fargate', desired: fargate, running: fargate, pending: 0 },
  externalRoom: undefined,
  ...more,
});

const remember = (more: Partial<BurstMemory>): BurstMemory => ({ ...freshMemory, ...more });
const counts = (decision: ReturnType<typeof decideBurst>): Record<string, number> =>
  Object.fromEntries(decision.moves.map(({ twin, desiredCount }) => [twin, desiredCount]));

describe('how many tasks a burst asks for', () => {
  it('is none beyond the base while the base is enough', () => {
    expect(decideBurst(seen(186, 6, 3, 0), freshMemory, limits, at(0))).toMatchObject({ action: 'rest', moves: [] });
  });

  it('fills the machines first', () => {
    expect(counts(decideBurst(seen(187, 6, 3, 0), freshMemory, limits, at(0)))).toEqual({ 'op-external': 4 });
  });

  it('takes Fargate for what the machines cannot', () => {
    expect(counts(decideBurst(seen(384, 6, 3, 0), freshMemory, limits, at(0)))).toEqual({
      'op-external': 4,
      'op-fargate': 3,
    });
  });

  it('asks the machines for no more than they can place', () => {
    const full = seen(384, 6, 3, 0, { externalRoom: 0 });
    expect(counts(decideBurst(full, freshMemory, limits, at(0)))).toEqual({ 'op-fargate': 4 });
  });

  it('never passes the maxima, and says what they do not allow', () => {
    const decision = decideBurst(seen(5_000, 6, 3, 0), freshMemory, limits, at(0));
    expect(counts(decision)).toEqual({ 'op-external': 4, 'op-fargate': 8 });
    expect(decision.reason).toContain('which the maxima do not allow');
  });

  it('looks ahead by the growth of the backlog', () => {
    // 10 more a second: in the 30 s until a task takes messages, 300 more.
    const memory = remember({ lastLookMs: at(0), lastBacklog: 92 });
    const decision = decideBurst(seen(186, 6, 3, 0), memory, limits, at(10));
    // (192 + 300) / 64 = 7.7
    expect(counts(decision)).toEqual({ 'op-external': 4, 'op-fargate': 4 });
  });

  it('counts tasks that are on their way against the growth', () => {
    const memory = remember({ lastLookMs: at(0), lastBacklog: 92 });
    const starting = seen(186, 6, 4, 0, { fargate: { twin: 'op-fargate', desired: 4, running: 0, pending: 4 } });
    // 16 a second are on their way: nothing grows any more, and 192 / 64 = 3; arrivals of 10 + 12 a second need 5.5.
    expect(decideBurst(starting, memory, limits, at(10)).moves).toEqual([]);
    expect(decideBurst(starting, memory, limits, at(10)).memory.needs).toEqual([6]);
  });

  it('keeps what the arrivals need, however short the queue is', () => {
    // 20 a second are worked off as they come: 10 in flight at 0.5 s each.
    const memory = remember({
      lastLookMs: at(0),
      lastBacklog: 10,
      needs: [5, 5],
      arrivals: [20, 20],
      raisedAtMs: at(-500),
    });
    const decision = decideBurst(seen(0, 10, 4, 1), memory, limits, at(10));
    expect(decision).toMatchObject({ action: 'rest', moves: [] });
  });

  it('is what was asked for, where a number was', () => {
    expect(counts(decideBurst(seen(0, 0, 3, 0), freshMemory, { ...limits, fixedTasks: 5 }, at(0)))).toEqual({
      'op-fargate': 5,
    });
  });

  it('gives its reason in numbers', () => {
    expect(decideBurst(seen(384, 6, 3, 0), freshMemory, limits, at(0)).reason).toBe(
      '390 messages wait or are in work; about 12 a second arrive: 7 tasks of 4 a second pick that up within 20 s; external 3 → 4, Fargate 0 → 3.',
    );
  });
});

describe('the recall', () => {
  const quiet = seen(0, 0, 4, 3);
  const calm = (looks: number, more: Partial<BurstMemory> = {}): BurstMemory =>
    remember({
      lastLookMs: at(90),
      lastBacklog: 0,
      needs: Array(looks).fill(0),
      arrivals: Array(looks).fill(0),
      raisedAtMs: at(0),
      ...more,
    });

  it('does not believe one empty queue, nor one too few', () => {
    expect(decideBurst(quiet, calm(0), limits, at(100)).moves).toEqual([]);
    expect(decideBurst(quiet, calm(1), limits, at(100)).moves).toEqual([]);
    expect(counts(decideBurst(quiet, calm(2), limits, at(100)))).toEqual({ 'op-external': 3, 'op-fargate': 0 });
  });

  it('starts counting anew when work comes in between', () => {
    expect(decideBurst(quiet, calm(2, { needs: [0, 7, 0] }), limits, at(100)).moves).toEqual([]);
  });

  it('waits until the first minute of the tasks is used', () => {
    expect(decideBurst(quiet, calm(2), limits, at(89)).moves).toEqual([]);
    expect(decideBurst(quiet, calm(2), limits, at(90)).moves).toHaveLength(2);
  });

  it('gives back in steps what all recent looks agree on', () => {
    const busy = calm(2, { needs: [6, 5], arrivals: [20, 20], lastBacklog: 10 });
    expect(counts(decideBurst(seen(0, 10, 4, 4), busy, limits, at(100)))).toEqual({ 'op-fargate': 2 });
  });

  it('ends the burst only once both twins were seen at their base', () => {
    const ended = decideBurst(seen(0, 0, 3, 0), calm(2), limits, at(100));
    expect(ended).toMatchObject({ action: 'end', cause: 'calm', moves: [] });
  });

  it('comes when the time is over, whatever the queue says', () => {
    const timed = { ...limits, fixedTasks: 5, untilMs: at(60) };
    expect(decideBurst(seen(500, 6, 4, 5), freshMemory, timed, at(59)).moves).toEqual([]);
    expect(counts(decideBurst(seen(500, 6, 4, 5), freshMemory, timed, at(60)))).toEqual({
      'op-external': 3,
      'op-fargate': 0,
    });
    expect(decideBurst(seen(500, 6, 3, 0), freshMemory, timed, at(70))).toMatchObject({
      action: 'end',
      cause: 'time-over',
    });
  });

  it('does not cut a fixed number short that was asked for a time', () => {
    const timed = { ...limits, fixedTasks: 3, untilMs: at(600) };
    expect(decideBurst(seen(0, 0, 3, 3), calm(2), timed, at(100)).moves).toEqual([]);
  });

  it('of a fixed number without a time comes when the queue is calm', () => {
    expect(counts(decideBurst(seen(0, 0, 3, 3), calm(2), { ...limits, fixedTasks: 3 }, at(100)))).toEqual({
      'op-fargate': 0,
    });
  });
});

describe('what a burst remembers', () => {
  it('adds up the seconds of Fargate tasks beyond the base', () => {
    const memory = remember({ lastLookMs: at(0), lastBacklog: 0, fargateTaskSeconds: 100 });
    expect(decideBurst(seen(0, 0, 3, 4), memory, limits, at(10)).memory).toMatchObject({
      fargateTaskSeconds: 140,
      peakFargateTasks: 4,
    });
  });

  it('keeps no more looks than it needs', () => {
    const memory = remember({ needs: [1, 2, 3], arrivals: [1, 2, 3], lastLookMs: at(0), lastBacklog: 0 });
    expect(decideBurst(seen(0, 0, 3, 0), memory, limits, at(10)).memory.needs).toHaveLength(3);
  });

  it('is handed over at the last look of an execution and not before', () => {
    const busy = (looks: number) =>
      decideBurst(
        seen(0, 10, 4, 1),
        remember({ looks, needs: [5, 5], arrivals: [20, 20], lastLookMs: at(0), lastBacklog: 10 }),
        limits,
        at(10),
      );
    expect(busy(looksPerExecution - 2).action).toBe('rest');
    expect(busy(looksPerExecution - 1)).toMatchObject({ action: 'hand-over', memory: { looks: 0, needs: [5, 5, 5] } });
  });
});

describe('the admission of a burst', () => {
  const start: BurstStart = {
    executionArn: 'arn:b',
    name: 'b',
    startedAt: '2026-11-23T12:00:00.000Z',
    handover: undefined,
  };
  const released: Control = {
    service: 'op',
    fence: 1,
    release: {
      digest: 'd',
      image: 'i',
      rolloutId: 'r',
      provedAt: '',
      provedOn: [],
      taskDefinitions: {},
      trigger: { kind: 'push' },
    },
  };
  const held: Control = {
    ...released,
    burst: { executionArn: 'arn:a', burstId: 'a', startedAt: '2026-11-23T11:00:00.000Z', generation: 0 },
  };

  it('takes a free lease', () => {
    expect(admitBurst(released, start, false)).toMatchObject({
      kind: 'admitted',
      resumed: false,
      lease: { burstId: 'b', generation: 0 },
    });
  });

  it('joins a burst that runs', () => {
    expect(admitBurst(held, start, true)).toMatchObject({ kind: 'ended', end: { verdict: 'joined', succeeded: true } });
  });

  it('goes on with a burst whose execution is gone', () => {
    expect(admitBurst(held, start, false)).toMatchObject({
      kind: 'admitted',
      resumed: true,
      lease: { burstId: 'a', executionArn: 'arn:b', generation: 1 },
    });
  });

  it('refuses a service that was never released', () => {
    expect(admitBurst({ service: 'op', fence: 0 }, start, false)).toMatchObject({ end: { cause: 'never-released' } });
  });

  it('is the same again when it is repeated', () => {
    const first = admitBurst(released, start, false);
    const second = admitBurst(first.control, start, false);
    expect(second).toMatchObject({ kind: 'admitted', resumed: false, lease: { burstId: 'b' } });
    expect(second.control).toBe(first.control);
  });

  const handover = { burstId: 'a', generation: 1, memory: freshMemory };

  it('gives a successor the lease of its predecessor, running or not', () => {
    expect(admitBurst(held, { ...start, handover }, true)).toMatchObject({
      kind: 'admitted',
      lease: { burstId: 'a', executionArn: 'arn:b', generation: 1 },
    });
  });

  it('gives a second successor nothing', () => {
    const { control } = admitBurst(held, { ...start, handover }, false);
    expect(admitBurst(control, { ...start, executionArn: 'arn:c', handover }, false)).toMatchObject({
      end: { verdict: 'superseded' },
    });
    expect(admitBurst(released, { ...start, handover }, false)).toMatchObject({ end: { verdict: 'superseded' } });
  });
});

describe('the end of a burst', () => {
  it('needs a person only when the counts could not be set back', () => {
    expect(concludeBurst({ cause: 'calm', reason: '' }, 5).verdict).toBe('recalled');
    expect(concludeBurst({ cause: 'controller-error', reason: '' }, 0)).toMatchObject({
      verdict: 'recalled',
      succeeded: false,
    });
    expect(concludeBurst({ cause: 'controller-error', reason: '' }, 1).verdict).toBe('recall-failed');
  });

  it('frees its own lease and no other', () => {
    const lease = { executionArn: 'arn:a', burstId: 'a', startedAt: '', generation: 0 };
    const control: Control = { service: 'op', fence: 1, burst: lease };
    expect(leaveBurst(control, 'a', 'arn:a')).toEqual({ service: 'op', fence: 1 });
    expect(leaveBurst(control, 'a', 'arn:b')).toBe(control);
    expect(leaveBurst(control, 'b', 'arn:a')).toBe(control);
  });
});
