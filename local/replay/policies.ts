import { fixedBurst } from '../../functions/core/peers/fixed-burst.ts';
import { keda } from '../../functions/core/peers/keda.ts';
import { knative } from '../../functions/core/peers/knative.ts';
import type { Peer } from '../../functions/core/peers/peer.ts';
import { stepScaling } from '../../functions/core/peers/step-scaling.ts';
import { targetTracking } from '../../functions/core/peers/target-tracking.ts';
import { type FargateModel, startLagSeconds } from './fargate-model.ts';
import type { OfflinePlan } from './offline-plan.ts';
import type { Premises } from './traffic.ts';

/** The most tasks that a peer may ask for in all: far beyond every load here. */
const maxTasks = 5_000;

/** Half of what a task may have waiting by the objective: what is left is for their metrics and starts to be late. */
const careful = 0.5;

/**
 * The alternatives, each set up for the objective as its documentation advises: what one task picks up within the
 * deadline is the most it may have waiting, and half of it is aimed at.
 */
export const alternatives = ({ externalSlots, serviceSeconds, deadlineSeconds }: Premises) => {
  const bounds = { minTasks: externalSlots, maxTasks };
  const perTask = deadlineSeconds / serviceSeconds;
  const backlog = externalSlots * perTask;
  return {
    'on premises only': fixedBurst({ ...bounds, alarmMessages: Number.POSITIVE_INFINITY, tasks: 0 }),
    'alarm, fixed burst': fixedBurst({ ...bounds, alarmMessages: careful * backlog, tasks: externalSlots }),
    'step scaling': stepScaling({
      ...bounds,
      adjustment: 'percent-change-in-capacity',
      steps: [
        { below: 0.05 * backlog, change: -25 },
        { from: 0.25 * backlog, below: 0.5 * backlog, change: 25 },
        { from: 0.5 * backlog, below: backlog, change: 50 },
        { from: backlog, change: 100 },
      ],
      cooldownSeconds: 60,
    }),
    'target tracking, 1 min': targetTracking({ ...bounds, target: careful * perTask, metric: 'minute' }),
    'target tracking, 20 s': targetTracking({ ...bounds, target: careful * perTask, metric: 'twenty-seconds' }),
    'KEDA, defaults': keda({ ...bounds, queueLength: careful * perTask }),
    'KEDA, 60 s down': keda({ ...bounds, queueLength: careful * perTask, downStabilizationSeconds: 60 }),
    'KEDA, tuned for cost': keda({ ...bounds, queueLength: 0.8 * perTask, downStabilizationSeconds: 60 }),
    'Knative KPA': knative({ ...bounds, concurrency: perTask }),
  } as const satisfies Record<string, Peer<unknown>>;
};

export type Alternative = keyof ReturnType<typeof alternatives>;

/** The offline plan with whole tasks that start as real ones do: asked for a mean start before they are needed. */
export const offlineReplay = (
  { ready, binSeconds }: OfflinePlan,
  externalSlots: number,
  fargate: FargateModel,
): Peer<undefined> => {
  const lagBins = Math.ceil(startLagSeconds(fargate) / binSeconds);
  return {
    metric: 'direct',
    everySeconds: binSeconds,
    initial: undefined,
    decide: (_observed, state, nowSeconds) => {
      const bin = Math.floor(nowSeconds / binSeconds);
      const needed = ready.slice(bin, bin + lagBins + 1).reduce((most, tasks) => Math.max(most, tasks), 0);
      return { desired: externalSlots + Math.ceil(needed - 1e-6), state };
    },
  };
};
