import type { FargateTask } from './outcome.ts';

type Detail = Readonly<Record<string, unknown>>;

/** What ECS told of the tasks of one service, by its events: no call, which could be throttled or use up a quota. */
export class TaskLedger {
  readonly #tasks = new Map<string, Detail>();
  readonly #lost = new Set<string>();
  readonly #busySeconds = new Map<string, number>();

  /** Detail of an `ECS Task State Change`. */
  heard(detail: Detail): void {
    this.#tasks.set(String(detail.taskArn), detail);
  }

  worked(task: string, seconds: number): void {
    this.#busySeconds.set(task, (this.#busySeconds.get(task) ?? 0) + seconds);
  }

  /** The machine of a task has lost its power, which ECS does not learn. */
  lost(task: string): void {
    this.#lost.add(task);
  }

  /** ARNs of the external tasks on a container instance. */
  on(containerInstanceArn: string): readonly string[] {
    return this.#of('EXTERNAL')
      .filter((task) => task.containerInstanceArn === containerInstanceArn && task.lastStatus !== 'STOPPED')
      .map(({ taskArn }) => String(taskArn));
  }

  running(launchType: 'EXTERNAL' | 'FARGATE'): number {
    return this.#of(launchType).filter(
      ({ lastStatus, taskArn }) => lastStatus === 'RUNNING' && !this.#lost.has(String(taskArn)),
    ).length;
  }

  /** Tasks that are not stopped, and not on their way to it. */
  asked(launchType: 'EXTERNAL' | 'FARGATE'): number {
    return this.#of(launchType).filter(
      ({ desiredStatus, lastStatus }) => desiredStatus === 'RUNNING' && lastStatus !== 'STOPPED',
    ).length;
  }

  stopped(launchType: 'EXTERNAL' | 'FARGATE'): boolean {
    return this.#of(launchType).every(({ lastStatus }) => lastStatus === 'STOPPED');
  }

  /** Every Fargate task that was asked for from `startMs` on. Times are seconds from there. */
  fargateTasks(startMs: number, endMs: number): readonly FargateTask[] {
    const seconds = (time: unknown): number | undefined =>
      time === undefined ? undefined : (Date.parse(String(time)) - startMs) / 1_000;
    return this.#of('FARGATE')
      .map((task): FargateTask => {
        const readySeconds = seconds(task.startedAt);
        const goneSeconds = seconds(task.stoppedAt) ?? (endMs - startMs) / 1_000;
        const busySeconds = this.#busySeconds.get(String(task.taskArn)) ?? 0;
        return {
          askedSeconds: seconds(task.createdAt) ?? 0,
          billedFromSeconds: seconds(task.pullStartedAt),
          readySeconds,
          goneSeconds,
          idleSeconds: readySeconds === undefined ? 0 : Math.max(0, goneSeconds - readySeconds - busySeconds),
        };
      })
      .filter(({ askedSeconds }) => askedSeconds >= 0)
      .toSorted((a, b) => a.askedSeconds - b.askedSeconds);
  }

  #of(launchType: 'EXTERNAL' | 'FARGATE'): readonly Detail[] {
    return [...this.#tasks.values()].filter((task) => task.launchType === launchType);
  }
}
