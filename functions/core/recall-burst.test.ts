import { describe, expect, it } from 'vitest';
import { admitBurst } from './admit-burst.ts';
import { pausedBecause, recallBurst, recalledBecause } from './recall-burst.ts';
import type { Control } from './state.ts';

const mark = { by: 'ada', at: '2026-11-23T12:00:00.000Z', reason: 'too dear' };
const later = { by: 'bob', at: '2026-11-23T12:00:07.000Z', reason: '' };
const idle: Control = { service: 'op', fence: 1 };
const bursting: Control = {
  ...idle,
  burst: { executionArn: 'arn:a', burstId: 'a', startedAt: '2026-11-23T11:00:00.000Z', generation: 2 },
};

describe('the recall of a burst by hand', () => {
  it('marks the burst, and pauses signals for five minutes', () => {
    expect(recallBurst(bursting, mark, undefined)).toEqual({
      kind: 'done',
      cause: 'recalled',
      control: {
        ...bursting,
        burst: { ...bursting.burst, recalled: mark },
        burstPause: { ...mark, until: '2026-11-23T12:05:00.000Z' },
      },
      reason:
        'Burst a is recalled at its next look, and both twins go back to their base; no signal starts another before 2026-11-23T12:05:00.000Z.',
    });
  });

  it('pauses signals for as long as was asked for, also without a burst', () => {
    expect(recallBurst(bursting, mark, 60)).toMatchObject({
      control: { burstPause: { until: '2026-11-23T12:01:00.000Z' } },
    });
    expect(recallBurst(idle, mark, 3_600)).toEqual({
      kind: 'done',
      cause: 'paused',
      control: { ...idle, burstPause: { ...mark, until: '2026-11-23T13:00:00.000Z' } },
      reason: 'op has no burst; no signal starts one before 2026-11-23T13:00:00.000Z.',
    });
  });

  it('has nothing to do without a burst and a time', () => {
    expect(recallBurst(idle, mark, undefined)).toEqual({
      kind: 'nothing-to-recall',
      reason: 'op has no burst to recall; with "for" (seconds) no signal starts one for that long.',
    });
  });

  it('leaves a recall of somebody else as it stands, and lengthens the pause only where that was asked for', () => {
    const { control } = recallBurst(bursting, mark, undefined) as { control: Control };
    expect(recallBurst(control, later, undefined)).toEqual({
      kind: 'done',
      cause: 'unchanged',
      control,
      reason: 'Burst a was recalled at 2026-11-23T12:00:00.000Z already.',
    });
    expect(recallBurst(control, later, 600)).toEqual({
      kind: 'done',
      cause: 'unchanged',
      control: { ...control, burstPause: { ...later, until: '2026-11-23T12:10:07.000Z' } },
      reason:
        'Burst a was recalled at 2026-11-23T12:00:00.000Z already; no signal starts another before 2026-11-23T12:10:07.000Z.',
    });
  });

  it('says and leaves the same when it is repeated after a crash, also when the burst has ended meanwhile', () => {
    const first = recallBurst(bursting, mark, undefined) as { control: Control };
    expect(recallBurst(first.control, mark, undefined)).toEqual(first);
    const { burst: _over, ...after } = first.control;
    expect(recallBurst(after, mark, undefined)).toMatchObject({ kind: 'done', cause: 'paused', control: after });
  });
});

describe('a pause', () => {
  const release = {
    digest: 'd',
    image: 'i',
    rolloutId: 'r',
    askedAt: '',
    provedAt: '',
    provedOn: [],
    taskDefinitions: {},
    trigger: { kind: 'push' },
  };
  const paused: Control = { ...idle, release, burstPause: { ...mark, until: '2026-11-23T12:05:00.000Z' } };
  const start = {
    executionArn: 'arn:b',
    name: 'b',
    startedAt: '2026-11-23T12:04:59.999Z',
    byHand: false,
    handover: undefined,
  };
  const sentence =
    'ada recalled the burst of op (too dear), and no signal starts one before 2026-11-23T12:05:00.000Z; a start by hand does.';

  it('is told until its very end', () => {
    expect(pausedBecause(idle, 0)).toBeUndefined();
    expect(pausedBecause(paused, Date.parse('2026-11-23T12:04:59.999Z'))).toBe(sentence);
    expect(pausedBecause(paused, Date.parse('2026-11-23T12:05:00.000Z'))).toBeUndefined();
    const nameless = { ...paused, burstPause: { by: '', at: mark.at, reason: '', until: '2026-11-23T12:05:00.000Z' } };
    expect(pausedBecause(nameless, 0)).toBe(
      'Somebody recalled the burst of op, and no signal starts one before 2026-11-23T12:05:00.000Z; a start by hand does.',
    );
  });

  it('ignores a signal, and lets one after its end in', () => {
    expect(admitBurst(paused, start, false)).toEqual({
      kind: 'ended',
      control: paused,
      end: { verdict: 'ignored', cause: 'paused', succeeded: true, error: null, reason: sentence },
    });
    const after = admitBurst(paused, { ...start, startedAt: '2026-11-23T12:05:00.000Z' }, false);
    expect(after).toMatchObject({ kind: 'admitted', control: { burst: { burstId: 'b' } } });
  });

  it('is ended by a start by hand', () => {
    const admission = admitBurst(paused, { ...start, byHand: true }, false);
    expect(admission.kind).toBe('admitted');
    expect(admission.control.burstPause).toBeUndefined();
  });
});

it('a recall is told with who and why', () => {
  expect(recalledBecause(mark)).toBe('ada recalled it: too dear');
  expect(recalledBecause({ ...mark, by: '', reason: '' })).toBe('somebody recalled it');
});
