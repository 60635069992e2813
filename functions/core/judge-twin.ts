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
  readonly deploymentCount: number;
  /** ECS's newest complaint that it finds no place for a task. */
  readonly placementFailure: { readonly atMs: number; readonly reason: string } | undefined;
}

/** A stopped task that counts against its release. */
export interface TaskFailure {
  readonly cause: Extract<TwinFailureCause, 'pull-failure' | 'failed-to-start' | 'crash-after-start' | 'unhealthy'>;
  readonly reason: string;
  /** False when no retry can mend it: an image that is not there. */
  readonly mendable: boolean;
}

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
  | { readonly kind: 'done'; readonly reason: string; readonly running: number; readonly desiredCount: number }
  /** A late write of an overtaken rollout came after ours: ours is sent again. */
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: Extract<Failure, { kind: 'twin' }> };

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
  unhealthy: 'failed its health checks',
};

/** Whether the failures alone end the wait: one that no retry can mend, or more than are tolerated. */
export const tooManyFailures = (
  failures: readonly TaskFailure[],
  limits: Pick<TwinLimits, 'failedTasksMax' | 'failFast'>,
): boolean =>
  limits.failFast && (failures.some((failure) => !failure.mendable) || failures.length > limits.failedTasksMax);

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

  const worst = prevailing(failures);
  const fatal = failures.find((failure) => !failure.mendable);
  if (limits.failFast && fatal) {
    return failed(fatal.cause, `A task of ${twin} ${words[fatal.cause]}, and no retry can mend that: ${fatal.reason}`);
  }
  if (worst && tooManyFailures(failures, limits)) {
    return failed(
      worst.cause,
      `${plural(failures.length, 'task')} of the release stopped on ${twin}, and ${limits.failedTasksMax} may; ` +
        `the last one ${words[worst.cause]}: ${worst.reason}`,
    );
  }

  const ours = primary && !older ? primary : undefined;
  const placement =
    observed.placementFailure && observed.placementFailure.atMs >= limits.deployment.createdAtMs
      ? observed.placementFailure
      : undefined;
  if (ours?.state === 'failed') {
    if (worst)
      return failed(worst.cause, `ECS gave up on ${twin}; its last task ${words[worst.cause]}: ${worst.reason}`);
    if (placement) return failed('placement-failure', `ECS gave up on ${twin}: ${placement.reason}`);
    return failed('circuit-breaker', `ECS gave up on ${twin}: ${ours.stateReason || 'it does not say why'}`);
  }

  const alone = observed.deploymentCount === 1 && observed.pendingCount === 0;
  if (ours && alone && observed.runningCount === observed.desiredCount) {
    // With no task to start, ECS may leave the deployment in progress; there is nothing left to wait for.
    if (ours.state === 'completed' || observed.desiredCount === 0) {
      return {
        kind: 'done',
        reason: `${twin} runs ${plural(observed.runningCount, 'task')} of ${revision(limits.taskDefinition)}`,
        running: observed.runningCount,
        desiredCount: observed.desiredCount,
      };
    }
  }

  if (nowMs >= limits.deadlineMs) {
    const missing = `${observed.runningCount} of ${plural(observed.desiredCount, 'task')} run`;
    if (worst)
      return failed(
        worst.cause,
        `At the deadline ${missing} on ${twin}; the last one that stopped ${words[worst.cause]}: ${worst.reason}`,
      );
    if (placement && observed.runningCount + observed.pendingCount < observed.desiredCount) {
      return failed('placement-failure', `At the deadline ${missing} on ${twin}: ${placement.reason}`);
    }
    return failed(
      'timed-out',
      `At the deadline ${missing} on ${twin}, in ${plural(observed.deploymentCount, 'deployment')}.`,
    );
  }
  return {
    kind: 'wait',
    reason: older
      ? `ECS does not show the new deployment of ${twin} yet`
      : `${observed.runningCount} of ${plural(observed.desiredCount, 'task')} run in ${plural(observed.deploymentCount, 'deployment')}`,
  };
};
