import type { Drill } from './drill.ts';
import { assumed, guide, reference } from './sources.ts';

const shape = { launchType: 'EXTERNAL', healthCheck: true } as const;

export const unhealthyTasks: Drill = {
  title: 'One task on a machine with a health check that never succeeds in app:2. The breaker is on, with rollback.',
  play: async (stage) => {
    stage.machine('mi-1', 2048);
    await stage.register(stage.push('v1'), shape);
    await stage.create('EXTERNAL', {
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await stage.settle(300);
    await stage.register(stage.push('v2', { healthy: false }), shape);
    stage.start();
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(120);
  },
  expectations: [
    {
      at: 7,
      line: /^task .* app:2 RUNNING$/,
      rule: 'The task runs: 2 s pick-up, 4 s pull, 1 s start.',
      source: assumed('ecs.schedulerPickupMs, ecs.externalPullMs, ecs.containerStartMs'),
    },
    {
      at: 19,
      line: /PRIMARY app:2 IN_PROGRESS 1\/1, 1 failed/,
      rule: 'Two failed checks, 5 s and 10 s after the start, make it unhealthy; the scheduler counts it 2 s later.',
      source: `${reference('HealthCheck')}; ${guide('deployment-circuit-breaker')}`,
    },
    {
      at: 19,
      line: /^task .* app:2 STOPPED, ServiceSchedulerInitiated: Task failed container health checks/,
      rule: 'An unhealthy task of a service is stopped and replaced.',
      source: reference('HealthCheck'),
    },
    {
      at: 34,
      line: /^task .* app:2 STOPPED, ServiceSchedulerInitiated: Task failed container health checks/,
      rule: 'Its replacement has the same end 15 s later: 2 s pick-up, 1 s start, 10 s of checks, 2 s pick-up.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      neverFrom: 0,
      to: 48,
      line: /SERVICE_DEPLOYMENT_FAILED/,
      rule: 'At desired count 1 the threshold is 3: two unhealthy tasks are not enough.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 49,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_FAILED: ECS deployment circuit breaker/,
      rule: 'The third unhealthy task trips the breaker.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 49,
      line: /rolling back to deploymentId/,
      rule: 'With rollback the last completed deployment is in progress again.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 53,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'It completes when the last task of the failed deployment is gone.',
      source: guide('deployment-type-ecs'),
    },
    {
      neverFrom: 0,
      to: 120,
      line: /^task .* app:1 |SERVICE_TASK_START_IMPAIRED/,
      rule: 'The old task stays, and nothing is throttled: every task reached RUNNING.',
      source: guide('service-throttle-logic'),
    },
  ],
};
