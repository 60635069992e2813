import { type Peer, type PeerBounds, within } from './peer.ts';

export interface KnativeSettings extends PeerBounds {
  /** Messages that a task may have, waiting and in work: the container's concurrency. */
  readonly concurrency: number;
  /** Share of the concurrency that is aimed at. Default 0.7. */
  readonly utilization?: number;
}

interface State {
  /** The last minute's concurrency, one value each tick, the newest last. */
  readonly values: readonly number[];
  readonly panicSeconds: number | undefined;
  readonly panicMax: number;
}

const tickSeconds = 2;
const stableSeconds = 60;
const panicSeconds = 6;
const panicThreshold = 2;
const maxScaleUpRate = 1_000;
const maxScaleDownRate = 2;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/**
 * Knative's pod autoscaler (Knative documentation, "Configuring concurrency", "Additional autoscaling configuration for
 * KPA"; knative/serving pkg/autoscaler/scaling): the mean concurrency of a minute, and of six seconds once twice what
 * the ready tasks can take is there; never down while it panics.
 */
export const knative = (settings: KnativeSettings): Peer<State> => {
  const target = (settings.utilization ?? 0.7) * settings.concurrency;
  return {
    metric: 'direct',
    everySeconds: tickSeconds,
    initial: { values: [], panicSeconds: undefined, panicMax: 0 },
    decide: ({ visible, inFlight, running }, state, nowSeconds) => {
      const values = [...state.values, visible + inFlight].slice(-stableSeconds / tickSeconds);
      const ready = Math.max(1, running);
      const rated = (want: number): number =>
        Math.min(Math.ceil(maxScaleUpRate * ready), Math.max(Math.floor(ready / maxScaleDownRate), want));
      const stable = rated(Math.ceil(mean(values) / target));
      const panic = rated(Math.ceil(mean(values.slice(-panicSeconds / tickSeconds)) / target));
      let since = state.panicSeconds;
      if (panic / ready >= panicThreshold) since = nowSeconds;
      else if (since !== undefined && nowSeconds - since > stableSeconds) since = undefined;
      const panicMax = since === undefined ? 0 : Math.max(state.panicMax, stable, panic);
      return {
        desired: within(since === undefined ? stable : panicMax, settings),
        state: { values, panicSeconds: since, panicMax },
      };
    },
  };
};
