import type { Drill } from './drill.ts';
import { guide, reference } from './sources.ts';
import { cluster } from './stage.ts';

const shape = { launchType: 'FARGATE', healthCheck: true } as const;

export const protectedTask: Drill = {
  title: 'Two tasks on Fargate, one of them protected for a minute; app:2 comes.',
  play: async (stage) => {
    await stage.register(stage.push('v1'), shape);
    await stage.create('FARGATE', { desiredCount: 2 });
    await stage.settle(300);
    const [first, second] = await stage.tasks();
    const protect = (task: string | undefined, expiresInMinutes: number) =>
      stage.call<{ failures: readonly { reason?: string }[] }>('ecs', 'UpdateTaskProtection', {
        cluster,
        tasks: [task],
        protectionEnabled: true,
        expiresInMinutes,
      });
    await stage.register(stage.push('v2'), shape);
    stage.start();
    await stage.act('a task of app:1 is protected for a minute', () => protect(first, 1));
    await stage.act('UpdateService to app:2, at desired count 1', () =>
      stage.update({ taskDefinition: 'app', desiredCount: 1 }),
    );
    const { failures } = await protect(second, 1);
    await stage.act(`protection of the other task: ${failures[0]?.reason}`, () => undefined);
    await stage.until(120);
  },
  expectations: [
    {
      at: 0,
      line: /^client: protection of the other task: DEPLOYMENT_BLOCKED/,
      rule: 'During a deployment no more tasks can be protected than are desired.',
      source: guide('task-scale-in-protection'),
    },
    {
      at: 2,
      line: /^task .* app:1 STOPPING/,
      times: 1,
      rule: 'The task that is not protected leaves for the smaller count: ceil(1 × 100 %) = 1 must stay.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 14,
      line: /^task .* app:2 PROVISIONING/,
      times: 1,
      rule: 'The new task starts when that one is gone: floor(1 × 200 %) = 2 may run. 12 s + 2 s pick-up.',
      source: guide('deployment-type-ecs'),
    },
    {
      neverFrom: 3,
      to: 59,
      line: /app:1 STOPPING|SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'The protected task stays, though the new one is healthy since 39 s: the deployment stays open.',
      source: guide('task-scale-in-protection'),
    },
    {
      at: 62,
      line: /^task .* app:1 STOPPING/,
      times: 1,
      rule: 'Its protection expires after a minute; 2 s later it is stopped.',
      source: reference('UpdateTaskProtection'),
    },
    {
      at: 74,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'Only now the deployment completes: 10 s of DEPROVISIONING, 2 s pick-up.',
      source: guide('task-scale-in-protection'),
    },
  ],
};
