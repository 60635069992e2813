import { describe, expect, it } from 'vitest';
import { compareBurst } from '../../functions/core/compare-burst.ts';
import type { Peer } from '../../functions/core/peers/peer.ts';
import type { BurstPoint } from '../../functions/core/state.ts';
import { type Arrivals, drawArrivals } from './arrivals.ts';
import { solveOffline } from './offline-plan.ts';
import { billedSeconds, lateMessages, sampleSeconds } from './outcome.ts';
import { alternatives } from './policies.ts';
import { replayPeer } from './replay-peer.ts';

const premises = { externalSlots: 20, serviceSeconds: 4, deadlineSeconds: 120 };
const punctual = { provisioningSeconds: 10, billedStartSeconds: 35, slowness: () => 1, endSeconds: 0, paidSeconds: 60 };
/** Five messages a second are what the premises carry: ten minutes of three times that, then as long of a third. */
const rates = Float64Array.from({ length: 2_400 }, (_, second) => (second >= 300 && second < 900 ? 15 : 1.7));

/** The looks of a burst that met these messages, and gave itself what KEDA would have. */
const recorded = (arrivals: Arrivals): BurstPoint[] => {
  const { samples } = replayPeer(alternatives(premises)['KEDA, defaults'], {
    arrivals,
    externalSlots: premises.externalSlots,
    fargate: punctual,
    seed: 1,
  });
  return samples.slice(0, 240).map(({ visible, externalSlots, fargateAsked, fargateReady }, index) => {
    const arrived = arrivals.atSeconds.filter((at) => at <= index * sampleSeconds).length;
    return [index * sampleSeconds * 1_000, arrived, visible, 0, externalSlots, fargateAsked, fargateReady];
  });
};

describe('a comparison from the looks of a burst', () => {
  const arrivals = drawArrivals(rates, premises.serviceSeconds, 1);
  const comparison = compareBurst(recorded(arrivals), {
    deadlineSeconds: premises.deadlineSeconds,
    workSecondsPerMessage: 9,
    messagesPerTask: 1,
    startSeconds: 45,
    fargateBase: 0,
    fargateMax: 1_000,
    taskHourUsd: 0.0247,
  });

  it.each(['target tracking, 1 min', 'KEDA, defaults', 'KEDA, 60 s down'] as const)(
    'is what a replay of whole messages says, within a tenth: %s',
    (policy) => {
      const whole = replayPeer(alternatives(premises)[policy] as Peer<unknown>, {
        arrivals,
        externalSlots: premises.externalSlots,
        fargate: punctual,
        seed: 1,
      });
      const late = lateMessages(whole, premises.deadlineSeconds) / whole.waitSeconds.length;
      const seconds = billedSeconds(whole.tasks, 60);
      const fluid = comparison?.policies.find((one) => one.policy === policy);
      expect(Math.abs((fluid?.fargateSeconds ?? 0) / seconds - 1)).toBeLessThan(0.1);
      expect(Math.abs((fluid?.lateShare ?? 1) - late)).toBeLessThan(0.02);
    },
  );

  it('has a bound that is none beyond the linear programme’s, and close to it', async () => {
    const { taskSeconds } = await solveOffline(arrivals, premises, punctual);
    const bound = comparison?.boundFargateSeconds ?? 0;
    expect(bound / taskSeconds).toBeGreaterThan(0.9);
    expect(bound / taskSeconds).toBeLessThan(1.01);
  });
});
