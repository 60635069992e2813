import { describe, expect, it } from 'vitest';
import { targetTracking } from './target-tracking.ts';

/** Amazon EC2 Auto Scaling user guide, "Scaling policy based on Amazon SQS": 10 s of latency over 0.1 s a message. */
const settings = { minTasks: 1, maxTasks: 100, target: 100, metric: 'minute' } as const;

const play = (
  looks: readonly { readonly visible: number; readonly running: number; readonly desired: number }[],
  from = targetTracking(settings).initial,
): readonly number[] => {
  const peer = targetTracking(settings);
  let state = from;
  return looks.map((look, minute) => {
    const decided = peer.decide({ ...look, inFlight: 0 }, state, 60 * minute);
    state = decided.state;
    return decided.desired;
  });
};

const backlog = { visible: 1_500, running: 10, desired: 10 };

describe('target tracking', () => {
  it('adds five to ten tasks for 1,500 messages at 100 a task, as the guide reckons, at the third minute above', () => {
    expect(play([backlog, backlog, backlog])).toEqual([10, 10, 15]);
  });

  it('begins to count anew after a minute that is not above', () => {
    const at = { ...backlog, visible: 1_000 };
    expect(play([backlog, backlog, at, backlog, backlog, backlog])).toEqual([10, 10, 10, 10, 10, 15]);
  });

  it('lets a larger want through in the minute after', () => {
    const more = { visible: 3_000, running: 10, desired: 15 };
    expect(play([backlog, backlog, backlog, more])).toEqual([10, 10, 15, 30]);
  });

  it('takes tasks back after fifteen minutes under nine tenths of the target, and not again within 300 s', () => {
    const under = { visible: 500, running: 10, desired: 10 };
    const looks = Array.from({ length: 15 }, () => under);
    expect(play(looks)).toEqual([...Array(14).fill(10), 5]);
    const after = { visible: 100, running: 5, desired: 5 };
    expect(play([...looks, ...Array(5).fill(after)]).slice(15)).toEqual([5, 5, 5, 5, 1]);
  });

  it('changes nothing at nine tenths of the target', () => {
    const at = { visible: 900, running: 10, desired: 10 };
    expect(play(Array.from({ length: 20 }, () => at)).at(-1)).toBe(10);
  });

  it('never goes below the tasks on premises', () => {
    const none = { visible: 0, running: 20, desired: 20 };
    const peer = targetTracking({ ...settings, minTasks: 20 });
    expect(peer.decide({ ...none, inFlight: 0 }, { ...peer.initial, below: 14 }, 900).desired).toBe(20);
  });
});
