import type { Failure, TwinFailureCause } from './state.ts';

/** A deployment of a twin, as ECS tells it. Epoch milliseconds by the clock of ECS. */
export interface ObservedDeployment {
  readonly id: string;
  readonly taskDefinition: string;
  readonly createdAtMs: number;
  readonly state: 'in-progress' | 'completed' | 'failed';
  /** ECS's own words for its state. */
  readonly stateReason: string;
  /** Failed tasks as ECS counts them; it starts again at 0 when one runs. */
  readonly failedTasks: number;
  readonly running: number;
}

export interface ObservedTwin {
  readonly twin: string;
  /** False once the service is being deleted. */
  readonly active: boolean;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly primary: ObservedDeployment | undefined;
  /** The primary one and the older ones that still have tasks. */
  readonly deployments: readonly {
    readonly taskDefinition: string;
    readonly running: number;
    readonly pending: number;
  }[];
  /** ECS takes the twin back to an older deployment by itself: why, in its words, and from which one, where that is left. */
  readonly rollingBack?: { readonly from: string | undefined; readonly reason: string };
  /** ECS's newest complaint that it finds no place for a task. */
  readonly placementFailure: { readonly atMs: number; readonly reason: string } | undefined;
}

/** A stopped task that counts against its release. */
export interface TaskFailure {
  readonly cause: Extract<
    TwinFailureCause,
    'pull-failure' | 'failed-to-start' | 'crash-after-start' | 'exits-cleanly' | 'unhealthy'
  >;
  readonly reason: string;
  /** False when no retry can mend it: an image that is not there, a program that the image does not have. */
  readonly mendable: boolean;
}

/**
 * Whether the image answers for a stop: for what its container did, and for what no retry can mend. A start that AWS or the
 * machine could not make (no capacity, no network interface, a pull that was cut off, credentials) may be made tomorrow.
 */
export const isOfTheImage = ({ cause, mendable }: TaskFailure): boolean =>
  !mendable || (cause !== 'failed-to-start' && cause !== 'pull-failure');

/** What a failed task says of its twin. */
export const failureBy = (
  twin: string,
  task: TaskFailure,
  reason: string,
): Extract<Failure, { readonly kind: 'twin' }> => ({
  kind: 'twin',
  twin,
  cause: task.cause,
  reason,
  leave: false,
  ...(!isOfTheImage(task) && { blameless: true }),
});

export interface TwinLimits {
  /** What the twin was moved to. */
  readonly taskDefinition: string;
  /** The deployment that the move made, or found. */
  readonly deployment: { readonly id: string; readonly createdAtMs: number };
  /** Task definitions of overtaken rollouts: one of them coming after our move is overwritten. */
  readonly overtaken: readonly string[];
  readonly failedTasksMax: number;
  readonly deadlineMs: number;
  /** On the way back nothing better is left, so failed tasks do not end the wait; only ECS or the deadline does. */
  readonly failFast: boolean;
}

export type Judgement =
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'done'; readonly reason: string }
  /** Ours is sent again: a late write of an overtaken rollout came after it, or a way back found no room yet. */
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Extract<Failure, { kind: 'twin' | 'watched' }> };

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
const revision = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** The cause that most of the failures share; of equals, the one seen last. */
const prevailing = (failures: readonly TaskFailure[]): TaskFailure | undefined => {
  const counts = new Map<string, number>();
  for (const { cause } of failures) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return failures.findLast(({ cause }) => counts.get(cause) === most);
};

const words: Readonly<Record<TaskFailure['cause'], string>> = {
  'pull-failure': 'could not pull the image',
  'failed-to-start': 'could not start',
  'crash-after-start': 'stopped by itself after it had started',
  'exits-cleanly': 'ended with exit code 0 instead of serving',
  unhealthy: 'failed its health checks',
};

/** What the failures alone say: one that no retry can mend, or more than are tolerated, end the rollout. */
export const judgeFailures = (
  twin: string,
  failures: readonly TaskFailure[],
  limits: Pick<TwinLimits, 'failedTasksMax' | 'failFast'>,
): Extract<Judgement, { kind: 'failed' }> | undefined => {
  if (!limits.failFast) return undefined;
  const failed = (task: TaskFailure, reason: string) =>
    ({ kind: 'failed', failure: failureBy(twin, task, reason) }) as const;
  const fatal = failures.find((failure) => !failure.mendable);
  if (fatal) {
    return failed(fatal, `A task of ${twin} ${words[fatal.cause]}, and no retry can mend that: ${fatal.reason}`);
  }
  const worst = prevailing(failures);
  if (!worst || failures.length <= limits.failedTasksMax) return undefined;
  return failed(
    worst,
    `${plural(failures.length, 'task')} of the release stopped on ${twin}, and ${limits.failedTasksMax} may; ` +
      `the last one ${words[worst.cause]}: ${worst.reason}`,
  );
};

/** Whether a twin stands on a task definition, by what ECS says of it now. */
export const hasArrived = (observed: ObservedTwin, taskDefinition: string): boolean => {
  const { primary, deployments, desiredCount, runningCount, pendingCount } = observed;
  if (primary?.taskDefinition !== taskDefinition) return false;
  // With no task to start, ECS may leave the deployment in progress; there is nothing left to wait for.
  const ended = primary.state === 'completed' || desiredCount === 0;
  return ended && deployments.length === 1 && pendingCount === 0 && runningCount === desiredCount;
};

/** Whether all tasks of a deployment run, and only older ones of its twin that have not stopped keep it from arriving. */
export const awaitsOnlyStops = (
  { primary, desiredCount, runningCount, pendingCount }: ObservedTwin,
  deploymentId: string,
): boolean =>
  primary?.id === deploymentId && primary.running === desiredCount && runningCount > desiredCount && pendingCount === 0;

/**
 * Whether all tasks of a twin run a task definition, in whichever deployment. On the way back ECS may fail to start one
 * task more where there is no room for it, although all that it was to start run already, from before.
 */
const runsNothingElse = ({ deployments, desiredCount }: ObservedTwin, taskDefinition: string): boolean =>
  deployments.every((each) => each.taskDefinition === taskDefinition || each.running + each.pending === 0) &&
  deployments.reduce((sum, { running }) => sum + running, 0) === desiredCount;

/**
 * Whether a twin needs a new deployment of the task definition that it is on: ECS has failed the one it has, which starts
 * no task any more, and not all tasks run there yet. Asking for the same task definition alone would change nothing.
 */
export const needsNewDeployment = (observed: ObservedTwin, taskDefinition: string): boolean =>
  observed.primary?.taskDefinition === taskDefinition &&
  observed.primary.state === 'failed' &&
  !runsNothingElse(observed, taskDefinition);

/** ECS's words when it takes a deployment back by itself; undefined when it does not. A late read cannot show that. */
export const givesUp = ({ rollingBack }: ObservedTwin, deploymentId: string): string | undefined =>
  rollingBack?.from === deploymentId ? rollingBack.reason : undefined;

/**
 * Says whether a twin has arrived. Reads of ECS may be late, so a primary deployment older than the move says nothing:
 * only what is ours, or newer, is judged.
 * @param failures stopped tasks of our deployment, each once.
 */
export const judgeTwin = (
  twin: string,
  observed: ObservedTwin | undefined,
  failures: readonly TaskFailure[],
  limits: TwinLimits,
  nowMs: number,
): Judgement => {
  const failed = (cause: TwinFailureCause, reason: string, leave = false): Judgement => ({
    kind: 'failed',
    failure: { kind: 'twin', twin, cause, reason, leave },
  });
  const by = (task: TaskFailure, reason: string): Judgement => ({
    kind: 'failed',
    failure: failureBy(twin, task, reason),
  });
  if (!observed?.active) return failed('service-deleted', `The ECS service ${twin} does not exist any more.`, true);

  const { primary } = observed;
  const older = primary === undefined || primary.createdAtMs < limits.deployment.createdAtMs;
  if (primary && !older && primary.taskDefinition !== limits.taskDefinition) {
    if (limits.overtaken.includes(primary.taskDefinition)) {
      return { kind: 'again', reason: `${revision(primary.taskDefinition)} of an overtaken rollout came later` };
    }
    return failed(
      'changed-by-someone-else',
      `Someone else moved ${twin} to ${revision(primary.taskDefinition)} while it was on its way to ${revision(limits.taskDefinition)}.`,
      true,
    );
  }

  const tooMany = judgeFailures(twin, failures, limits);
  if (tooMany) return tooMany;
  const worst = prevailing(failures);

  if (!older && hasArrived(observed, limits.taskDefinition)) {
    const reason = `${twin} runs ${plural(observed.runningCount, 'task')} of ${revision(limits.taskDefinition)}`;
    return { kind: 'done', reason };
  }

  const ours = primary && !older ? primary : undefined;
  const gaveUp = givesUp(observed, limits.deployment.id) ?? (ours?.state === 'failed' ? ours.stateReason : undefined);
  if (
    (gaveUp !== undefined || nowMs >= limits.deadlineMs) &&
    !limits.failFast &&
    runsNothingElse(observed, limits.taskDefinition)
  ) {
    const reason = `All ${plural(observed.runningCount, 'task')} of ${twin} run ${revision(limits.taskDefinition)}, although ECS could start no other`;
    return { kind: 'done', reason };
  }
  const placement =
    observed.placementFailure && observed.placementFailure.atMs >= limits.deployment.createdAtMs
      ? observed.placementFailure
      : undefined;
  if (gaveUp !== undefined) {
    if (worst) return by(worst, `ECS gave up on ${twin}; its last task ${words[worst.cause]}: ${worst.reason}`);
    // Nothing is wrong with the release of a way back: machines may have room again, or their site be linked again.
    if (placement && !limits.failFast && nowMs < limits.deadlineMs) {
      return { kind: 'again', reason: `ECS found no place for ${twin} and gave up before the deadline` };
    }
    if (placement) return failed('placement-failure', `ECS gave up on ${twin}: ${placement.reason}`);
    return failed('circuit-breaker', `ECS gave up on ${twin}: ${gaveUp || 'it does not say why'}`);
  }

  if (nowMs >= limits.deadlineMs) {
    const missing = `${observed.runningCount} of ${plural(observed.desiredCount, 'task')} run`;
    if (worst)
      return by(
        worst,
        `At the deadline ${missing} on ${twin}; the last one that stopped ${words[worst.cause]}: ${worst.reason}`,
      );
    if (placement && observed.runningCount + observed.pendingCount < observed.desiredCount) {
      return failed('placement-failure', `At the deadline ${missing} on ${twin}: ${placement.reason}`);
    }
    return failed(
      'timed-out',
      `At the deadline ${missing} on ${twin}, in ${plural(observed.deployments.length, 'deployment')}.`,
    );
  }
  return {
    kind: 'wait',
    reason: older
      ? `ECS does not show the new deployment of ${twin} yet`
      : `${observed.runningCount} of ${plural(observed.desiredCount, 'task')} run in ${plural(observed.deployments.length, 'deployment')}`,
  };
};
