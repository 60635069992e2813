import { defaultFidelity, type Fidelity } from '../../simulator/cloud/fidelity.ts';
import { normal } from './arrivals.ts';
import { type FargateModel, usualFargate } from './fargate-model.ts';

/** What is different from how the controller believes the world to be. */
export interface Condition {
  /** Service time believed at the start, as a share of the true one. */
  readonly believedShare: number;
  readonly fargate: FargateModel;
  readonly sqs: Partial<Fidelity['sqs']>;
  /** Share of all calls of ECS that it throttles. */
  readonly throttledShare: number;
  /** How long Fargate lacks capacity, once in every half hour; 0 for never. */
  readonly outageSeconds: number;
  /** One of three machines loses its power when the load needs most of Fargate, and does not return. */
  readonly hostLost: boolean;
}

const usual: Condition = {
  believedShare: 1,
  fargate: usualFargate,
  sqs: {},
  throttledShare: 0,
  outageSeconds: 0,
  hostLost: false,
};

const lag = (provisioningSeconds: number, billedStartSeconds: number): FargateModel => ({
  ...usualFargate,
  provisioningSeconds,
  billedStartSeconds,
});

/** Spread of a lognormal factor of mean 1 whose 99th percentile is 120 s of the usual 45 s. */
const heavySigma = 0.469;

/** When Fargate begins to lack capacity: first a minute after the synthetic bursts begin. */
export const outage = { everySeconds: 1_800, fromSeconds: 1_560 };

/** The condition of the main table. */
export const usually = 'as believed';

export const conditions = {
  [usually]: usual,
  'service time believed 0.7 of it': { ...usual, believedShare: 0.7 },
  'service time believed 1.3 of it': { ...usual, believedShare: 1.3 },
  'counts off by up to 10 %': { ...usual, sqs: { countsNoise: 0.1 } },
  'counts 30 s old': { ...usual, sqs: { countsAgeMs: 30_000 } },
  'start lag 20 s': { ...usual, fargate: lag(7, 13) },
  'start lag 90 s': { ...usual, fargate: lag(30, 60) },
  'start lag of 120 s for one in a hundred': {
    ...usual,
    fargate: {
      ...usualFargate,
      slowness: (draws) => Math.exp(heavySigma * normal(draws, 'fargate-start') - heavySigma ** 2 / 2),
    },
  },
  'ECS throttles half of all calls': { ...usual, throttledShare: 0.5 },
  'Fargate without capacity for 1 min': { ...usual, outageSeconds: 60 },
  'Fargate without capacity for 2 min': { ...usual, outageSeconds: 120 },
  'one of three hosts lost': { ...usual, hostLost: true },
} as const satisfies Record<string, Condition>;

export type ConditionName = keyof typeof conditions;

/** How AWS behaves under a condition, where that is no fault. */
export const fidelityOf = ({ fargate, sqs }: Condition): Fidelity => {
  const schedulerPickupMs = 2_000;
  const containerStartMs = 1_000;
  return {
    ...defaultFidelity,
    sqs: { ...defaultFidelity.sqs, ...sqs },
    ecs: {
      ...defaultFidelity.ecs,
      schedulerPickupMs,
      containerStartMs,
      fargateProvisioningMs: 1_000 * fargate.provisioningSeconds - schedulerPickupMs,
      fargatePullMs: 1_000 * fargate.billedStartSeconds - containerStartMs,
      fargateSlowness: (draw) => fargate.slowness({ next: draw }),
      fargateDeprovisioningMs: 1_000 * fargate.endSeconds,
    },
  };
};

/** Fargate tasks of policies that are not played in the simulator: what is asked for in an outage starts after it. */
export const fargateOf = ({ fargate, outageSeconds }: Condition): FargateModel => ({
  ...fargate,
  ...(outageSeconds > 0 && {
    launchedSeconds: (askedSeconds) => {
      const from = askedSeconds - (askedSeconds % outage.everySeconds) + outage.fromSeconds;
      return askedSeconds >= from && askedSeconds < from + outageSeconds ? from + outageSeconds : askedSeconds;
    },
  }),
});
