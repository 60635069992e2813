import type { Drill } from './drill.ts';
import { guide, reference } from './sources.ts';

const shape = { launchType: 'EXTERNAL', healthCheck: true } as const;

export const deploymentDuringRollback: Drill = {
  title:
    'Two tasks, one of which may be missing; the breaker rolls app:2 back, whose health check fails, and app:3 comes before the rollback is done.',
  play: async (stage) => {
    stage.machine('mi-1', 4096);
    await stage.register(stage.push('v1'), shape);
    await stage.create('EXTERNAL', {
      desiredCount: 2,
      deploymentConfiguration: {
        deploymentCircuitBreaker: { enable: true, rollback: true },
        minimumHealthyPercent: 50,
      },
    });
    await stage.settle(300);
    await stage.register(stage.push('v2', { healthy: false }), shape);
    stage.start();
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(40);
    await stage.register(stage.push('v3'), shape);
    await stage.act('UpdateService to app:3', () => stage.update());
    await stage.until(90);
  },
  expectations: [
    {
      at: 2,
      line: /^task .* app:1 STOPPED, ServiceSchedulerInitiated/,
      times: 1,
      rule: 'With minimumHealthyPercent 50 one old task may stop before its replacement runs: ceil(2 × 50 %) = 1.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 19,
      line: /PRIMARY app:2 IN_PROGRESS .*, 2 failed/,
      rule: 'Both new tasks are unhealthy 10 s after RUNNING, and counted 2 s later.',
      source: `${reference('HealthCheck')}; ${guide('deployment-circuit-breaker')}`,
    },
    {
      at: 32,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_FAILED: ECS deployment circuit breaker/,
      rule: 'The third trips the breaker: the threshold at desired count 2 is 3.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 32,
      line: /PRIMARY app:1 IN_PROGRESS 1\/2; ACTIVE app:2 FAILED/,
      rule: 'The last completed deployment is PRIMARY and IN_PROGRESS again, the failed one is drained.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 36,
      line: /^task .* app:1 PENDING/,
      rule: 'The rollback starts what is missing of app:1.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 34,
      line: /^service deployment 2: ROLLBACK_IN_PROGRESS/,
      rule: 'The service deployment that failed is the one that is being rolled back.',
      source: guide('service-deployment'),
    },
    {
      at: 42,
      line: /^service deployment 2: STOPPED/,
      rule: 'Its rollback has no end of its own.',
      source: guide('service-deployment'),
    },
    {
      at: 40,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_IN_PROGRESS/,
      rule: 'A deployment is accepted in the middle of the rollback and stops it.',
      source: guide('service-deployment'),
    },
    {
      at: 41,
      line: /PRIMARY app:3 IN_PROGRESS 0\/2; ACTIVE app:1 IN_PROGRESS 2\/2/,
      rule: 'What was being returned to is now the one that is drained.',
      source: guide('service-deployment'),
    },
    {
      at: 42,
      line: /^task .* app:3 PENDING/,
      times: 2,
      rule: 'The new deployment goes its way, without the failures of the one before.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 56,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      times: 1,
      rule: 'It completes.',
      source: guide('ecs_service_deployment_events'),
    },
    {
      neverFrom: 33,
      to: 90,
      line: /SERVICE_DEPLOYMENT_FAILED/,
      rule: 'No event tells that the rollback was not finished.',
      source: guide('ecs_service_deployment_events'),
    },
  ],
};
