import type { Kernel } from '../kernel/kernel.ts';
import type { AgentSide, ContainerRecord, HealthStatus, TaskRecord } from './model.ts';
import { healthCheckOf } from './model.ts';

/**
 * Container health checks as Docker runs them: the first one interval after the start, each next one interval after the
 * last has answered. The numbers are the task definition's, so the pace does not divide them (BC:ecs.HealthCheck).
 */
export class HealthChecks {
  readonly #kernel: Kernel;
  readonly #changed: (task: TaskRecord, container: ContainerRecord, status: HealthStatus) => void;

  constructor(kernel: Kernel, changed: (task: TaskRecord, container: ContainerRecord, status: HealthStatus) => void) {
    this.#kernel = kernel;
    this.#changed = changed;
  }

  begin(task: TaskRecord, agent: AgentSide, container: ContainerRecord): void {
    const check = healthCheckOf(container.definition);
    if (!check?.command?.length) return;
    const { command, interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = check;
    const name = container.definition.name ?? '';
    const graceUntilMs = this.#kernel.now() + startPeriod * 1000;
    let status: HealthStatus = 'UNKNOWN';
    let failures = 0;
    const become = (next: HealthStatus): void => {
      if (next === status) return;
      status = next;
      this.#changed(task, container, next);
    };
    const schedule = (): void => {
      agent.healthTimers.set(
        name,
        this.#kernel.after(interval * 1000, 'ecs-health-check', async () => {
          const exitCode = await agent.runtime.exec(name, command, timeout * 1000);
          if (agent.over || agent.stopping || agent.exited.has(name)) return;
          if (exitCode === 0) {
            failures = 0;
            become('HEALTHY');
          } else if (status !== 'UNKNOWN' || this.#kernel.now() >= graceUntilMs) {
            // Before its first success a container may fail for as long as its start period lasts.
            failures += 1;
            if (failures >= retries) become('UNHEALTHY');
          }
          schedule();
        }),
      );
    };
    schedule();
  }

  end(agent: AgentSide | undefined): void {
    for (const timer of agent?.healthTimers.values() ?? []) timer.cancel();
  }
}
