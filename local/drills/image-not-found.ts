import type { Drill } from './drill.ts';
import { assumed, guide, reference } from './sources.ts';

const shape = { launchType: 'FARGATE' } as const;

export const imageNotFound: Drill = {
  title: 'One task on Fargate; app:2 names an image that is not there. The circuit breaker is on, with rollback.',
  play: async (stage) => {
    await stage.register(stage.push('v1'), shape);
    await stage.create('FARGATE', {
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await stage.settle(300);
    await stage.register(stage.image('missing'), shape);
    stage.start();
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(900);
  },
  expectations: [
    {
      at: 21,
      line: /^task .* app:2 DEPROVISIONING/,
      rule: 'The task fails at its pull: 2 s pick-up, 10 s provisioning, 9 s pull.',
      source: guide('task-lifecycle-explanation'),
    },
    {
      at: 31,
      line: /^task .* app:2 STOPPED, TaskFailedToStart: CannotPullContainerError/,
      rule: 'A task that cannot be pulled ends with TaskFailedToStart and CannotPullContainerError.',
      source: reference('TaskStopCode'),
    },
    {
      at: 31,
      line: /PRIMARY app:2 IN_PROGRESS 0\/1, 1 failed/,
      rule: 'Each task that never reached RUNNING counts for the circuit breaker.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      neverFrom: 32,
      to: 210,
      line: /app:2 PROVISIONING/,
      rule: 'Tasks that go from PENDING to STOPPED are tried again with growing delays: the first is 3 min.',
      source: `${guide('service-throttle-logic')}; ${assumed('ecs.launchBackoffBaseMs')}`,
    },
    {
      at: 211,
      line: /^task .* app:2 PROVISIONING/,
      rule: 'The second try, 31 s + 180 s.',
      source: `${guide('service-throttle-logic')}; ${assumed('ecs.launchBackoffBaseMs')}`,
    },
    {
      at: 240,
      line: /^service: SERVICE_TASK_START_IMPAIRED/,
      rule: 'After failures in a row ECS says that it cannot start tasks consistently.',
      source: guide('service-throttle-logic'),
    },
    {
      at: 600,
      line: /^task .* app:2 PROVISIONING/,
      rule: 'The third try, after twice the delay: 240 s + 360 s.',
      source: `${guide('service-throttle-logic')}; ${assumed('ecs.launchBackoffBaseMs')}`,
    },
    {
      neverFrom: 0,
      to: 630,
      line: /SERVICE_DEPLOYMENT_FAILED/,
      rule: 'At desired count 1 the threshold is 3, its minimum: two failures are not enough.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 631,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_FAILED: ECS deployment circuit breaker/,
      rule: 'The third failure, at 629 s, trips the breaker: a single broken task takes ten minutes to be found out.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 631,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_IN_PROGRESS: .*rolling back to deploymentId/,
      rule: 'With rollback the last completed deployment is in progress again.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 633,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'Its task has never stopped, so the rollback is done at the next look.',
      source: guide('deployment-type-ecs'),
    },
    {
      neverFrom: 0,
      to: 900,
      line: /^task .* app:1 /,
      rule: 'The old task serves all the time: minimumHealthyPercent is 100.',
      source: guide('deployment-type-ecs'),
    },
  ],
};
