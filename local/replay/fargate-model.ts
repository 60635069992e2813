import type { Draws } from '../../simulator/kernel/draws.ts';
import { normal } from './arrivals.ts';

/** How a Fargate task starts and is paid for. */
export interface FargateModel {
  /** From the request to the start of the pull, on average: not billed. */
  readonly provisioningSeconds: number;
  /** From the start of the pull until it takes messages, on average: billed. */
  readonly billedStartSeconds: number;
  /** The factor on both for one task. */
  readonly slowness: (draws: Pick<Draws, 'next'>) => number;
  /** From its last message until it is gone: billed. */
  readonly endSeconds: number;
  /** The least that is billed of a task. */
  readonly paidSeconds: number;
  /** When a task that is asked for begins to be provisioned. Left out: at once. */
  readonly launchedSeconds?: (askedSeconds: number) => number;
}

/** Starts spread by a quarter around the mean, and one in fifty takes twice as long. */
export const usualSlowness = (draws: Pick<Draws, 'next'>): number => {
  const spread = Math.max(0.25, 1 + 0.25 * normal(draws, 'fargate-start'));
  return draws.next('fargate-doubled') < 1 / 50 ? 2 * spread : spread;
};

export const usualFargate: FargateModel = {
  provisioningSeconds: 15,
  billedStartSeconds: 30,
  slowness: usualSlowness,
  endSeconds: 2,
  paidSeconds: 60,
};

/** From the request to the first receive, on average. */
export const startLagSeconds = ({ provisioningSeconds, billedStartSeconds }: FargateModel): number =>
  provisioningSeconds + billedStartSeconds;
