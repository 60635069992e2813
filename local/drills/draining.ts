import type { Drill } from './drill.ts';
import { guide, reference } from './sources.ts';
import { cluster } from './stage.ts';

const shape = { launchType: 'EXTERNAL', healthCheck: true } as const;

export const draining: Drill = {
  title: 'Two machines with a task each; one is set to DRAINING, and back to ACTIVE.',
  play: async (stage) => {
    const first = stage.machine('mi-1', 1024);
    stage.machine('mi-2', 1024);
    await stage.register(stage.push('v1'), shape);
    await stage.create('EXTERNAL', { desiredCount: 2 });
    await stage.settle(300);
    const set = (status: string) =>
      stage.call('ecs', 'UpdateContainerInstancesState', { cluster, containerInstances: [first], status });
    stage.start();
    await stage.act('mi-1 is set to DRAINING', () => set('DRAINING'));
    await stage.until(60);
    await stage.act('mi-1 is set to ACTIVE', () => set('ACTIVE'));
    await stage.until(90);
  },
  expectations: [
    {
      at: 2,
      line: /^task .* app:1 PENDING/,
      times: 1,
      rule: 'The replacement of the task on the draining machine starts first, elsewhere.',
      source: guide('container-instance-draining'),
    },
    {
      neverFrom: 0,
      to: 60,
      line: /desired 2: [01] running/,
      rule: 'With minimumHealthyPercent 100 there are never fewer than two.',
      source: reference('UpdateContainerInstancesState'),
    },
    {
      at: 10,
      line: /^task .* app:1 STOPPED, ServiceSchedulerInitiated/,
      times: 1,
      rule: 'It stops when its replacement is healthy: 1 s start from the cached image, 5 s check, 2 s pick-up.',
      source: guide('container-instance-draining'),
    },
    {
      neverFrom: 0,
      to: 90,
      line: /SERVICE_DEPLOYMENT_/,
      rule: 'Draining is no deployment.',
      source: reference('UpdateContainerInstancesState'),
    },
    {
      at: 12,
      line: /^service: SERVICE_STEADY_STATE/,
      rule: 'The service is steady again.',
      source: guide('ecs_service_events'),
    },
    {
      neverFrom: 60,
      to: 90,
      line: /^task /,
      rule: 'ACTIVE again, the machine gets tasks only when there are new ones to place: nothing moves back.',
      source: guide('container-instance-draining'),
    },
  ],
};
