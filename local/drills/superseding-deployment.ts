import type { Drill } from './drill.ts';
import { assumed, guide } from './sources.ts';

const shape = { launchType: 'EXTERNAL', healthCheck: true } as const;

export const supersedingDeployment: Drill = {
  title: 'Two tasks; app:3 comes while app:2 is being rolled out.',
  play: async (stage) => {
    stage.machine('mi-1', 4096);
    await stage.register(stage.push('v1'), shape);
    await stage.create('EXTERNAL', { desiredCount: 2 });
    await stage.settle(300);
    await stage.register(stage.push('v2'), shape);
    stage.start();
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(9);
    await stage.register(stage.push('v3'), shape);
    await stage.act('UpdateService to app:3', () => stage.update());
    await stage.until(60);
  },
  expectations: [
    {
      at: 9,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_IN_PROGRESS/,
      rule: 'The second UpdateService starts its deployment at once: nothing queues, the last writer wins.',
      source: guide('service-deployment'),
    },
    {
      at: 10,
      line: /^service deployment 2: STOP_REQUESTED/,
      rule: 'The running service deployment is requested to stop.',
      source: guide('service-deployment'),
    },
    {
      at: 11,
      line: /^service deployment 2: STOPPED/,
      rule: 'And is stopped at the next look of the scheduler.',
      source: `${guide('service-deployment')}; ${assumed('ecs.schedulerPickupMs')}`,
    },
    {
      at: 10,
      line: /PRIMARY app:3 IN_PROGRESS 0\/2; ACTIVE app:2 IN_PROGRESS 2\/2; ACTIVE app:1 COMPLETED 2\/2/,
      rule: 'The service now runs tasks of three revisions; the superseded deployment is ACTIVE, to be drained.',
      source: guide('service-deployment'),
    },
    {
      at: 11,
      line: /^task .* app:2 STOPPED, ServiceSchedulerInitiated/,
      times: 2,
      rule: 'Its tasks, not yet healthy, are stopped first: app:1 alone keeps the minimum of ceil(2 × 100 %) = 2.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 13,
      line: /^task .* app:3 PENDING/,
      times: 2,
      rule: 'They must be gone before app:3 may start: floor(2 × 200 %) = 4 tasks at most.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 25,
      line: /^task .* app:1 STOPPED/,
      times: 2,
      rule: 'app:1 goes when app:3 is healthy.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 27,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      times: 1,
      rule: 'The second deployment completes.',
      source: guide('ecs_service_deployment_events'),
    },
    {
      neverFrom: 0,
      to: 60,
      line: /SERVICE_DEPLOYMENT_FAILED/,
      rule: 'No event tells that the first one was stopped: who waits for it must notice by itself.',
      source: guide('ecs_service_deployment_events'),
    },
  ],
};
