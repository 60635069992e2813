import type { Drill } from './drill.ts';
import { assumed, guide, reference } from './sources.ts';

const shape = { launchType: 'FARGATE' } as const;

export const goodDeployment: Drill = {
  title: 'Two tasks on Fargate, without a health check, move from app:1 to app:2.',
  play: async (stage) => {
    await stage.register(stage.push('v1'), shape);
    await stage.create('FARGATE', { desiredCount: 2 });
    await stage.settle(300);
    await stage.register(stage.push('v2'), shape);
    stage.start();
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(90);
  },
  expectations: [
    {
      at: 0,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_IN_PROGRESS/,
      rule: 'A new task definition starts a deployment, and ECS tells of it.',
      source: guide('ecs_service_deployment_events'),
    },
    {
      at: 2,
      line: /^task .* app:2 PROVISIONING/,
      times: 2,
      rule: 'With maximumPercent 200 both new tasks start at once, 2 s after the call: floor(2 × 200 %) = 4 may run.',
      source: `${guide('deployment-type-ecs')}; ${assumed('ecs.schedulerPickupMs')}`,
    },
    {
      at: 12,
      line: /^task .* app:2 PENDING/,
      times: 2,
      rule: 'A Fargate task waits in PROVISIONING for its network interface: 10 s, as between createdAt and pullStartedAt in the sample event.',
      source: guide('ecs_task_events'),
    },
    {
      at: 22,
      line: /^task .* app:2 RUNNING$/,
      times: 2,
      rule: 'The pull takes 9 s and the start 1 s, as in the sample event.',
      source: guide('ecs_task_events'),
    },
    {
      neverFrom: 0,
      to: 63,
      line: /^task .* app:1 /,
      rule: 'With minimumHealthyPercent 100 no old task stops before the new ones are healthy; without a health check a task is healthy 40 s after RUNNING.',
      source: reference('DeploymentConfiguration'),
    },
    {
      at: 64,
      line: /^task .* app:1 STOPPING/,
      times: 2,
      rule: 'At 22 s + 40 s the new tasks are healthy; the scheduler looks 2 s later and stops the old ones.',
      source: `${reference('DeploymentConfiguration')}; ${assumed('ecs.schedulerPickupMs')}`,
    },
    {
      at: 74,
      line: /^task .* app:1 STOPPED, ServiceSchedulerInitiated/,
      times: 2,
      rule: 'A Fargate task gives its network interface back (DEPROVISIONING) before it is STOPPED: 10 s.',
      source: `${guide('task-lifecycle-explanation')}; ${assumed('ecs.fargateDeprovisioningMs')}`,
    },
    {
      at: 76,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'A deployment is completed when all new tasks are healthy and all old ones are gone.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 77,
      line: /^service deployment 2: SUCCESSFUL/,
      rule: 'So is its service deployment.',
      source: guide('service-deployment'),
    },
    {
      at: 76,
      line: /^service: SERVICE_STEADY_STATE/,
      rule: 'Then the service is at its desired count and steady.',
      source: guide('ecs_service_events'),
    },
  ],
};
