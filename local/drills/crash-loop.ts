import type { Drill } from './drill.ts';
import { assumed, guide, reference } from './sources.ts';

const shape = { launchType: 'EXTERNAL' } as const;

export const crashLoop: Drill = {
  title: 'One task on a machine; the container of app:2 runs for 5 s and exits with 1. Breaker on, no health check.',
  play: async (stage) => {
    stage.machine('mi-1', 2048);
    await stage.register(stage.push('v1'), shape);
    await stage.create('EXTERNAL', {
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await stage.settle(300);
    await stage.register(stage.push('v2', { exits: { afterSeconds: 5, code: 1 } }), shape);
    stage.start();
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(120);
  },
  expectations: [
    {
      at: 7,
      line: /^task .* app:2 RUNNING$/,
      rule: 'The task reaches RUNNING: 2 s pick-up, 4 s pull, 1 s start. From here on it is no failure to start.',
      source: guide('deployment-circuit-breaker'),
    },
    {
      at: 12,
      line: /^task .* app:2 STOPPED, EssentialContainerExited/,
      rule: 'Five seconds later its essential container exits, and the task stops.',
      source: reference('TaskStopCode'),
    },
    {
      at: 14,
      line: /^task .* app:2 PENDING/,
      rule: 'It is replaced at once: launches of tasks that reached RUNNING are not throttled.',
      source: guide('service-throttle-logic'),
    },
    {
      at: 15,
      line: /^task .* app:2 RUNNING$/,
      rule: 'The machine keeps the image it has pulled, so that a start takes 1 s.',
      source: `${guide('task-lifecycle-explanation')}; ${assumed('ecs.externalPullMs')}`,
    },
    {
      at: 118,
      line: /^task .* app:2 PENDING/,
      rule: 'So it goes on every 8 s: 14 s + 13 × 8 s.',
      source: guide('service-throttle-logic'),
    },
    {
      neverFrom: 0,
      to: 120,
      line: /SERVICE_DEPLOYMENT_FAILED|SERVICE_TASK_START_IMPAIRED|\d failed/,
      rule: 'Neither the breaker nor the throttle sees a crash after RUNNING: without a health check the deployment stays in progress.',
      source: `${guide('deployment-circuit-breaker')} and service-throttle-logic; ${assumed('ecs.breakerCountsExitAfterRunning')}`,
    },
    {
      neverFrom: 0,
      to: 120,
      line: /^task .* app:1 |SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'No crashed task has been RUNNING for 40 s, so that none counts as healthy and the old task stays.',
      source: reference('DeploymentConfiguration'),
    },
  ],
};
