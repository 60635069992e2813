import { type Peer, type PeerBounds, within } from './peer.ts';

export interface ScalingStep {
  /** Bounds of the metric itself, lower inclusive and upper exclusive; left out: without an end. */
  readonly from?: number;
  readonly below?: number;
  /** Tasks, or percent of the tasks there are. */
  readonly change: number;
}

export interface StepScalingSettings extends PeerBounds {
  readonly adjustment: 'change-in-capacity' | 'percent-change-in-capacity';
  readonly steps: readonly ScalingStep[];
  /** Seconds in which a scale-out blocks a scale-in, and a scale-in blocks both. */
  readonly cooldownSeconds: number;
}

interface State {
  /** When the tasks were last raised, and last lowered. */
  readonly outSeconds: number;
  readonly inSeconds: number;
}

/**
 * Percentages beyond one task are rounded towards zero, those within one task away from it (Application Auto Scaling
 * user guide, "Step scaling policies", scaling adjustment types).
 */
export const stepChange = (
  tasks: number,
  { adjustment, steps }: Pick<StepScalingSettings, 'adjustment' | 'steps'>,
  metric: number,
): number => {
  const step = steps.find(({ from = -Infinity, below = Infinity }) => metric >= from && metric < below);
  if (!step || step.change === 0) return 0;
  if (adjustment === 'change-in-capacity') return step.change;
  const exact = (tasks * step.change) / 100;
  return Math.abs(exact) < 1 ? Math.sign(exact) : Math.trunc(exact);
};

/** Step scaling on visible messages, one datapoint of a minute: what CDK's QueueProcessingFargateService installs. */
export const stepScaling = (settings: StepScalingSettings): Peer<State> => ({
  metric: 'minute',
  everySeconds: 60,
  initial: { outSeconds: Number.NEGATIVE_INFINITY, inSeconds: Number.NEGATIVE_INFINITY },
  decide: ({ visible, desired }, state, nowSeconds) => {
    const change = stepChange(desired, settings, visible);
    const want = within(desired + change, settings);
    if (want === desired) return { desired, state };
    const rested = (sinceSeconds: number): boolean => nowSeconds - sinceSeconds >= settings.cooldownSeconds;
    if (want > desired) return { desired: want, state: { ...state, outSeconds: nowSeconds } };
    if (!rested(state.outSeconds) || !rested(state.inSeconds)) return { desired, state };
    return { desired: want, state: { ...state, inSeconds: nowSeconds } };
  },
});
