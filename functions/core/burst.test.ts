import { describe, expect, it } from 'vitest';
import { admitBurst, type BurstStart, refusalOf } from './admit-burst.ts';
import { concludeBurst, leaveBurst } from './close-burst.ts';
import { guardBurst } from './guard-burst.ts';
import { type Control, freshMemory } from './state.ts';

describe('the admission of a burst', () => {
  const start: BurstStart = {
    executionArn: 'arn:b',
    name: 'b',
    startedAt: '2026-11-23T12:00:00.000Z',
    byHand: false,
    handover: undefined,
  };
  const released: Control = {
    service: 'op',
    fence: 1,
    release: {
      digest: 'd',
      image: 'i',
      rolloutId: 'r',
      askedAt: '',
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
      settleSeconds: 0,
      lease: { burstId: 'b', generation: 0 },
    });
  });

  it('joins a burst that runs', () => {
    expect(admitBurst(held, start, true)).toMatchObject({
      kind: 'ended',
      control: held,
      end: {
        verdict: 'joined',
        succeeded: true,
        reason: 'Burst a has been running since 2026-11-23T11:00:00.000Z; this start changed nothing.',
      },
    });
  });

  it('passes a recall on with the lease', () => {
    const recalled = { by: 'ada', at: '2026-11-23T11:30:00.000Z', reason: '' };
    const marked = { ...held, burst: { ...held.burst, recalled } } as Control;
    expect(admitBurst(marked, start, false)).toMatchObject({ resumed: true, lease: { burstId: 'a', recalled } });
  });

  it('goes on with a burst whose execution is gone', () => {
    expect(admitBurst(held, start, false)).toMatchObject({
      kind: 'admitted',
      resumed: true,
      // A count that the execution which is gone had asked for may still be on its way.
      settleSeconds: 20,
      control: {
        release: released.release,
        burst: { executionArn: 'arn:b', burstId: 'a', startedAt: '2026-11-23T11:00:00.000Z', generation: 1 },
      },
      lease: { burstId: 'a', executionArn: 'arn:b', generation: 1 },
    });
  });

  it('refuses a service that was never released', () => {
    expect(admitBurst({ service: 'op', fence: 0 }, start, false)).toMatchObject({
      kind: 'ended',
      end: { cause: 'never-released', reason: 'op has no release yet: push an image first.' },
    });
  });

  it('says of one whose first release is under way what it waits for', () => {
    const rollout = { rolloutId: 'r-1' } as NonNullable<Control['rollout']>;
    expect(admitBurst({ service: 'op', fence: 1, rollout }, start, false)).toMatchObject({
      kind: 'ended',
      end: {
        cause: 'never-released',
        reason: 'The first release of op is under way (rollout r-1) and not proved yet: a burst can start once it is.',
      },
    });
  });

  it('that is refused stands among the bursts: by hand as itself, by a signal once in five minutes', () => {
    const at = (startedAt: string, byHand: boolean) => refusalOf({ name: 'x', startedAt, byHand }, 'never-released');
    expect(at('2026-11-23T11:04:59.999Z', true)).toEqual({ burstId: 'x', keptAt: '2026-11-23T11:04:59.999Z' });
    const first = at('2026-11-23T11:00:00.000Z', false);
    expect(first).toEqual({
      burstId: `refused-never-released-${Date.parse('2026-11-23T11:00:00.000Z')}`,
      keptAt: '2026-11-23T11:00:00.000Z',
    });
    expect(at('2026-11-23T11:04:59.999Z', false)).toEqual(first);
    expect(at('2026-11-23T11:05:00.000Z', false)).not.toEqual(first);
  });

  it('is the same again when it is repeated', () => {
    const first = admitBurst(released, start, false);
    const second = admitBurst(first.control, start, false);
    expect(second).toMatchObject({ kind: 'admitted', resumed: false, lease: { burstId: 'b' } });
    expect(second.control).toBe(first.control);
    // One that goes on with another's burst goes on with it when it is repeated, too.
    const again = admitBurst(admitBurst(held, start, false).control, start, false);
    expect(again).toMatchObject({
      kind: 'admitted',
      resumed: true,
      settleSeconds: 20,
      lease: { burstId: 'a', generation: 1 },
    });
  });

  const handover = { burstId: 'a', generation: 1, memory: freshMemory };

  it('gives a successor the lease of its predecessor, running or not', () => {
    expect(admitBurst(held, { ...start, handover }, true)).toMatchObject({
      kind: 'admitted',
      settleSeconds: 0,
      lease: { burstId: 'a', executionArn: 'arn:b', generation: 1 },
    });
  });

  it('gives a second successor nothing', () => {
    const { control } = admitBurst(held, { ...start, handover }, false);
    expect(admitBurst(control, { ...start, executionArn: 'arn:c', handover }, false)).toMatchObject({
      kind: 'ended',
      end: { verdict: 'superseded', reason: 'Burst a is over or has gone on elsewhere.' },
    });
    expect(admitBurst(released, { ...start, handover }, false)).toMatchObject({ end: { verdict: 'superseded' } });
  });
});

describe('the end of a burst', () => {
  it('needs a person only when the counts could not be set back', () => {
    expect(concludeBurst({ cause: 'calm', reason: '' }, 5).verdict).toBe('recalled');
    expect(concludeBurst({ cause: 'controller-error', reason: 'denied' }, 0)).toMatchObject({
      verdict: 'recalled',
      reason: 'The controller could not look at the queue (denied); the counts are back at the base.',
      succeeded: false,
    });
    expect(concludeBurst({ cause: 'controller-error', reason: 'denied' }, 1)).toMatchObject({
      verdict: 'recall-failed',
      reason: 'The controller could not look at the queue (denied), nor set the counts back. A person must look.',
    });
  });

  it('frees its own lease and no other', () => {
    const lease = { executionArn: 'arn:a', burstId: 'a', startedAt: '', generation: 0 };
    const control: Control = { service: 'op', fence: 1, burst: lease };
    expect(leaveBurst(control, 'a', 'arn:a')).toEqual({ service: 'op', fence: 1 });
    expect(leaveBurst(control, 'a', 'arn:b')).toBe(control);
    expect(leaveBurst(control, 'b', 'arn:a')).toBe(control);
    const none: Control = { service: 'op', fence: 1 };
    expect(leaveBurst(none, 'a', 'arn:a')).toBe(none);
  });
});

describe('the guardian of bursts', () => {
  const lease = { executionArn: 'arn:b', burstId: 'b', startedAt: '2026-11-23T12:00:00.000Z', generation: 0 };

  it('goes on with a burst whose execution runs no more, and with no other', () => {
    expect(guardBurst(lease, false)).toBe('The execution of burst b ended and had not closed it.');
    expect(guardBurst(lease, true)).toBeUndefined();
    expect(guardBurst(undefined, false)).toBeUndefined();
  });
});
