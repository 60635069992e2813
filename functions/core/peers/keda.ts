import { type Peer, type PeerBounds, within } from './peer.ts';

export interface HpaPolicy {
  readonly kind: 'tasks' | 'percent';
  readonly value: number;
  readonly periodSeconds: number;
}

export interface KedaSettings extends PeerBounds {
  /** Messages for each replica; KEDA's default is 5. */
  readonly queueLength: number;
  readonly upPolicies?: readonly HpaPolicy[];
  readonly downPolicies?: readonly HpaPolicy[];
  /** Seconds over which the highest want counts before tasks are taken back. Default 300, Kubernetes' own. */
  readonly downStabilizationSeconds?: number;
}

interface Change {
  readonly atSeconds: number;
  readonly by: number;
}

interface State {
  readonly wants: readonly { readonly atSeconds: number; readonly want: number }[];
  readonly changes: readonly Change[];
}

/** Seconds between two syncs of the horizontal pod autoscaler. */
const syncSeconds = 15;
/** A ratio this close to 1 changes nothing. */
const tolerance = 0.1;

const defaultUp: readonly HpaPolicy[] = [
  { kind: 'percent', value: 100, periodSeconds: 15 },
  { kind: 'tasks', value: 4, periodSeconds: 15 },
];
const defaultDown: readonly HpaPolicy[] = [{ kind: 'percent', value: 100, periodSeconds: 15 }];

/** The replicas that a metric asks for (Kubernetes documentation, "Horizontal Pod Autoscaling", algorithm details). */
export const replicasFor = (value: number, perReplica: number, replicas: number): number =>
  Math.abs(value / (perReplica * Math.max(1, replicas)) - 1) <= tolerance ? replicas : Math.ceil(value / perReplica);

/**
 * How far the policies let the replicas go from here: of several, the one that allows the most. What was added or
 * taken within a policy's period counts from where the period began; percentages are rounded up.
 */
export const scaleLimit = (
  direction: 'up' | 'down',
  replicas: number,
  policies: readonly HpaPolicy[],
  changes: readonly Change[],
  nowSeconds: number,
): number => {
  const limits = policies.map(({ kind, value, periodSeconds }) => {
    const moved = changes
      .filter(({ atSeconds, by }) => nowSeconds - atSeconds < periodSeconds && (direction === 'up' ? by > 0 : by < 0))
      .reduce((sum, { by }) => sum + by, 0);
    const start = replicas - moved;
    const most = kind === 'tasks' ? value : Math.ceil((start * value) / 100);
    return direction === 'up' ? start + most : Math.max(0, start - most);
  });
  return direction === 'up' ? Math.max(...limits) : Math.min(...limits);
};

/**
 * KEDA's aws-sqs-queue scaler with the horizontal pod autoscaler (KEDA documentation, "AWS SQS Queue Scaler"): visible
 * and in-flight messages, asked of SQS at each sync. The step from and to zero replicas never comes, since the premises
 * are the minimum.
 */
export const keda = (settings: KedaSettings): Peer<State> => {
  const { upPolicies = defaultUp, downPolicies = defaultDown, downStabilizationSeconds = 300 } = settings;
  const longest = Math.max(...[...upPolicies, ...downPolicies].map(({ periodSeconds }) => periodSeconds));
  return {
    metric: 'direct',
    everySeconds: syncSeconds,
    initial: { wants: [], changes: [] },
    decide: ({ visible, inFlight, desired }, state, nowSeconds) => {
      const want = replicasFor(visible + inFlight, settings.queueLength, desired);
      const wants = [
        ...state.wants.filter(({ atSeconds }) => nowSeconds - atSeconds < downStabilizationSeconds),
        { atSeconds: nowSeconds, want },
      ];
      const changes = state.changes.filter(({ atSeconds }) => nowSeconds - atSeconds < longest);
      // Up without a window; down to no less than the highest want of the window.
      const settled = want > desired ? want : Math.min(desired, Math.max(...wants.map((each) => each.want)));
      const limited =
        settled > desired
          ? Math.min(settled, scaleLimit('up', desired, upPolicies, changes, nowSeconds))
          : Math.max(settled, scaleLimit('down', desired, downPolicies, changes, nowSeconds));
      const next = within(limited, settings);
      const by = next - desired;
      return {
        desired: next,
        state: { wants, changes: by === 0 ? changes : [...changes, { atSeconds: nowSeconds, by }] },
      };
    },
  };
};
