import type { Drill } from './drill.ts';
import { guide, reference } from './sources.ts';

const shape = { launchType: 'EXTERNAL', healthCheck: true, cpu: 512 } as const;

export const noRoom: Drill = {
  title:
    'Two tasks fill the only machine; app:2 must start before app:1 may stop. A second machine comes after a minute.',
  play: async (stage) => {
    stage.machine('mi-1', 1024);
    await stage.register(stage.push('v1'), shape);
    await stage.create('EXTERNAL', {
      desiredCount: 2,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await stage.settle(300);
    await stage.register(stage.push('v2'), shape);
    stage.start();
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(60);
    await stage.act('a second machine registers', () => stage.machine('mi-2', 1024));
    await stage.until(120);
  },
  expectations: [
    {
      at: 2,
      line: /^service: SERVICE_TASK_PLACEMENT_FAILURE RESOURCE:CPU/,
      times: 1,
      rule: 'The full machine has no room for a task that must start first: the reason names the resource.',
      source: guide('ecs_service_events'),
    },
    {
      at: 2,
      line: /^events\[\]: .*unable to place a task because no container instance met all of its requirements.*insufficient CPU units/,
      rule: "The same stands in the service's messages.",
      source: guide('service-event-messages'),
    },
    {
      at: 2,
      line: /PRIMARY app:2 IN_PROGRESS 0\/2, 1 failed/,
      rule: 'Before the first RUNNING a task that cannot be placed counts for the breaker.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      neverFrom: 3,
      to: 60,
      line: /^task |^service: SERVICE_/,
      rule: 'Nothing is stopped to make room, since minimumHealthyPercent is 100: ceil(2 × 100 %) = 2.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 62,
      line: /^task .* app:2 PENDING/,
      times: 2,
      rule: 'A new machine is used at once.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 67,
      line: /^task .* app:2 RUNNING$/,
      times: 2,
      rule: 'The new tasks run there: 4 s pull, 1 s start.',
      source: guide('task-lifecycle-explanation'),
    },
    {
      at: 74,
      line: /^task .* app:1 STOPPED, ServiceSchedulerInitiated/,
      times: 2,
      rule: 'Healthy by their first check 5 s later; then the old tasks leave.',
      source: reference('HealthCheck'),
    },
    {
      at: 76,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'The deployment completes as if nothing had been.',
      source: guide('deployment-type-ecs'),
    },
  ],
};
