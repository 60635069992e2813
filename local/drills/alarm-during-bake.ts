import type { Drill } from './drill.ts';
import { assumed, guide, reference, reported } from './sources.ts';

const shape = { launchType: 'FARGATE', healthCheck: true } as const;

export const alarmDuringBake: Drill = {
  title:
    'One task on Fargate, watched by the alarms errors and latency with rollback, and a bake of 2 minutes; latency is in ALARM before app:2 comes, errors goes to ALARM during the bake.',
  play: async (stage) => {
    await stage.alarm('errors');
    await stage.alarm('latency');
    await stage.register(stage.push('v1'), shape);
    await stage.create('FARGATE', {
      desiredCount: 1,
      deploymentConfiguration: {
        alarms: { alarmNames: ['errors', 'latency'], enable: true, rollback: true },
        bakeTimeInMinutes: 2,
      },
    });
    await stage.settle(600);
    await stage.setAlarm('latency', 'ALARM');
    await stage.register(stage.push('v2'), shape);
    stage.start();
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(130);
    await stage.act('the alarm errors goes to ALARM', () => stage.setAlarm('errors', 'ALARM'));
    await stage.until(400);
  },
  expectations: [
    {
      at: 22,
      line: /^task .* app:2 RUNNING$/,
      rule: 'The new task runs: 2 s pick-up, 10 s provisioning, 9 s pull, 1 s start.',
      source: guide('ecs_task_events'),
    },
    {
      at: 29,
      line: /^task .* app:1 STOPPING/,
      rule: 'Healthy by its first check 5 s later; then the old task leaves, 2 s pick-up.',
      source: reference('HealthCheck'),
    },
    {
      neverFrom: 0,
      to: 139,
      line: /SERVICE_DEPLOYMENT_FAILED|alarm detected/,
      rule: 'An alarm that is in ALARM when the deployment starts is ignored as long as the deployment lasts.',
      source: guide('deployment-alarm-failure'),
    },
    {
      at: 42,
      line: /desired 1: 1 running, 0 pending; PRIMARY app:2 IN_PROGRESS 1\/1$/,
      rule: 'With the new task healthy and the old one gone the bake begins; the deployment stays IN_PROGRESS.',
      source: guide('deployment-alarm-failure'),
    },
    {
      neverFrom: 0,
      to: 160,
      line: /app:2 COMPLETED|SERVICE_STEADY_STATE/,
      rule: 'A bake of 2 minutes ends at 41 s + 120 s, not before.',
      source: reference('DeploymentConfiguration'),
    },
    {
      at: 140,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_FAILED/,
      rule: 'ECS asks CloudWatch for the alarms every 20 s, and fails the deployment when one of them has gone to ALARM.',
      source: `${guide('deployment-alarm-failure')}; ${assumed('ecs.alarmPollMs')}`,
    },
    {
      at: 140,
      line: /^events\[\]: .*deployment failed: alarm detected\.$/,
      rule: 'The service says so.',
      source: reported('public drills'),
    },
    {
      at: 140,
      line: /PRIMARY app:1 IN_PROGRESS 0\/1; ACTIVE app:2 FAILED 1\/1/,
      rule: 'With rollback the last completed deployment is in progress again, from nothing: its tasks have gone.',
      source: guide('deployment-alarm-failure'),
    },
    {
      at: 142,
      line: /^task .* app:1 PROVISIONING/,
      rule: 'A rollback is a rolling deployment like any other: app:1 starts first.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 169,
      line: /^task .* app:2 STOPPING/,
      rule: 'app:2 leaves when app:1 is healthy: 142 s + 20 s to RUNNING + 5 s check + 2 s.',
      source: guide('deployment-type-ecs'),
    },
    {
      neverFrom: 141,
      to: 300,
      line: /SERVICE_DEPLOYMENT_(COMPLETED|FAILED)/,
      rule: 'The rollback bakes too; errors is in ALARM when it starts, and so ignored: 181 s + 120 s.',
      source: guide('deployment-alarm-failure'),
    },
    {
      at: 301,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'Then it is completed.',
      source: guide('ecs_service_deployment_events'),
    },
  ],
};
