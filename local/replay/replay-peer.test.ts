import { describe, expect, it } from 'vitest';
import type { Peer } from '../../functions/core/peers/peer.ts';
import { drawArrivals } from './arrivals.ts';
import { solveOffline } from './offline-plan.ts';
import { billedSeconds, measure } from './outcome.ts';
import { alternatives, offlineReplay } from './policies.ts';
import { replayPeer } from './replay-peer.ts';

const punctual = { provisioningSeconds: 15, billedStartSeconds: 30, slowness: () => 1, endSeconds: 2, paidSeconds: 60 };
const arrivals = (...messages: readonly (readonly [at: number, work: number])[]) => ({
  atSeconds: Float64Array.from(messages, ([at]) => at),
  workSeconds: Float64Array.from(messages, ([, work]) => work),
  durationSeconds: 300,
});
/** So many tasks from a second on, asked each second. */
const script = (tasks: Readonly<Record<number, number>>): Peer<number> => ({
  metric: 'direct',
  everySeconds: 1,
  initial: 1,
  decide: (_observed, state, nowSeconds) => {
    const desired = tasks[nowSeconds] ?? state;
    return { desired, state: desired };
  },
});
const replay = (peer: Peer<number>, messages: ReturnType<typeof arrivals>) =>
  replayPeer(peer, { arrivals: messages, externalSlots: 1, fargate: punctual, seed: 1 });

describe('the replay of a policy', () => {
  it('gives each message to a slot in the order of their sending', () => {
    const { waitSeconds, timesDone } = replay(script({}), arrivals([0, 10], [1, 10], [2, 10], [100, 10]));
    expect([...waitSeconds]).toEqual([0, 9, 18, 0]);
    expect([...timesDone]).toEqual([1, 1, 1, 1]);
  });

  it('starts a task 45 s after it was asked for, 30 of them billed', () => {
    const { waitSeconds, tasks } = replay(script({ 10: 2, 100: 1 }), arrivals([0, 80], [1, 5]));
    expect([...waitSeconds]).toEqual([0, 54]);
    expect(tasks).toEqual([
      // Ready from 55 to 100 s, busy for 5 of them; the 2 s of its end are without a message too.
      { askedSeconds: 10, billedFromSeconds: 25, readySeconds: 55, goneSeconds: 102, idleSeconds: 42 },
    ]);
    expect(billedSeconds(tasks, 60)).toBe(77);
  });

  it('bills a minute of a task that is taken back early, and nothing before its pull', () => {
    expect(billedSeconds(replay(script({ 10: 2, 60: 1 }), arrivals([0, 1])).tasks, 60)).toBe(60);
    expect(billedSeconds(replay(script({ 10: 2, 25: 1 }), arrivals([0, 1])).tasks, 60)).toBe(0);
    expect(billedSeconds(replay(script({ 10: 2, 26: 1 }), arrivals([0, 1])).tasks, 60)).toBe(60);
  });

  it('lets a busy task end its message before it goes', () => {
    const { tasks } = replay(script({ 0: 2, 60: 1 }), arrivals([0, 200], [1, 40]));
    expect(tasks[0]?.goneSeconds).toBe(45 + 40 + 2);
  });

  it('takes back those that do not work yet, then the oldest', () => {
    const { tasks } = replay(script({ 0: 2, 50: 3, 60: 2, 70: 1 }), arrivals([0, 1]));
    expect(tasks.map(({ goneSeconds }) => goneSeconds)).toEqual([72, 60]);
  });

  it('serves a square load as the prototype of these policies did: target tracking late and dear, the plan neither', async () => {
    const rates = Float64Array.from({ length: 3_600 }, (_, second) => (second >= 1_500 && second < 2_100 ? 15.5 : 2));
    const premises = { externalSlots: 20, serviceSeconds: 4, deadlineSeconds: 120 };
    const load = drawArrivals(rates, 4, 1);
    const plan = await solveOffline(load, premises, punctual);
    const of = (peer: Peer<unknown>) => {
      const outcome = replayPeer(peer, { arrivals: load, externalSlots: 20, fargate: punctual, seed: 1 });
      const { late, messages, taskSeconds } = measure(outcome, load, { deadlineSeconds: 120, paidSeconds: 60 });
      return { late: late / messages, ratio: taskSeconds / plan.taskSeconds };
    };
    const peers = alternatives(premises);
    expect(of(offlineReplay(plan, 20, punctual)).ratio).toBeLessThan(1.04);
    expect(of(peers['target tracking, 1 min']).late).toBeGreaterThan(0.05);
    expect(of(peers['target tracking, 1 min']).ratio).toBeGreaterThan(2);
    expect(of(peers['KEDA, 60 s down']).late).toBe(0);
    expect(of(peers['KEDA, 60 s down']).ratio).toBeLessThan(1.3);
    expect(of(peers['on premises only']).ratio).toBe(0);
  });
});
