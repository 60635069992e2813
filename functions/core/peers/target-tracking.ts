import { type Peer, type PeerBounds, within } from './peer.ts';

export interface TargetTrackingSettings extends PeerBounds {
  /** Visible messages for each running task: acceptable latency over seconds of work. */
  readonly target: number;
  /** `minute`: 3 datapoints of 60 s out, 15 in. `twenty-seconds`: as many of 20 s, which ECS has for CPU and memory only. */
  readonly metric: 'minute' | 'twenty-seconds';
  readonly scaleOutDatapoints?: number;
  readonly scaleInDatapoints?: number;
  /** Seconds; the default of ECS services. */
  readonly scaleInCooldownSeconds?: number;
}

interface State {
  readonly above: number;
  readonly below: number;
  readonly lastInSeconds: number;
}

/** Share of the target under which capacity is taken back. */
const lowShare = 0.9;

/**
 * Application Auto Scaling's target tracking on the backlog of each task (Amazon EC2 Auto Scaling user guide, "Scaling
 * policy based on Amazon SQS"; Application Auto Scaling user guide, "Target tracking scaling policies"). Scaling out is
 * looked at again with each datapoint while its alarm stands, since within the cooldown a larger want still goes through.
 */
export const targetTracking = (settings: TargetTrackingSettings): Peer<State> => {
  const { target, scaleOutDatapoints = 3, scaleInDatapoints = 15, scaleInCooldownSeconds = 300 } = settings;
  return {
    metric: settings.metric,
    everySeconds: settings.metric === 'minute' ? 60 : 20,
    initial: { above: 0, below: 0, lastInSeconds: Number.NEGATIVE_INFINITY },
    decide: ({ visible, running, desired }, state, nowSeconds) => {
      const metric = visible / Math.max(1, running);
      const above = metric > target ? state.above + 1 : 0;
      const below = metric < lowShare * target ? state.below + 1 : 0;
      const want = within(Math.ceil((running * metric) / target), settings);
      if (above >= scaleOutDatapoints && want > desired)
        return { desired: want, state: { above, below, lastInSeconds: state.lastInSeconds } };
      const rested = nowSeconds - state.lastInSeconds >= scaleInCooldownSeconds;
      if (below >= scaleInDatapoints && want < desired && rested)
        return { desired: want, state: { above, below, lastInSeconds: nowSeconds } };
      return { desired, state: { above, below, lastInSeconds: state.lastInSeconds } };
    },
  };
};
