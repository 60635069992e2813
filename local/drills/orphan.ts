import type { Drill } from './drill.ts';
import { guide, reference, reported } from './sources.ts';
import { cluster } from './stage.ts';

const shape = { launchType: 'EXTERNAL', healthCheck: true } as const;

export const orphan: Drill = {
  title:
    'Two machines with a task each; one loses its link, is given up by a person (deregistered by force), and registers anew.',
  play: async (stage) => {
    const first = stage.machine('mi-1', 1024);
    stage.machine('mi-2', 1024);
    await stage.register(stage.push('v1'), shape);
    await stage.create('EXTERNAL', { desiredCount: 2 });
    await stage.settle(300);
    const deregister = (force: boolean) =>
      stage.call('ecs', 'DeregisterContainerInstance', { cluster, containerInstance: first, force });
    stage.start();
    await stage.act('the link of mi-1 is cut', () => stage.link('mi-1', false));
    await stage.until(180);
    await stage.act('mi-1 is deregistered', async () => {
      await deregister(false).catch((error: Error) => stage.act(`refused: ${error.message}`, () => undefined));
    });
    await stage.until(181);
    await stage.act('mi-1 is deregistered by force', () => deregister(true));
    await stage.until(240);
    await stage.act('the link of mi-1 is mended', () => stage.link('mi-1', true));
    await stage.until(300);
    await stage.act('the agent of mi-1 registers anew', () => stage.machine('mi-1', 1024));
    await stage.until(360);
  },
  expectations: [
    {
      neverFrom: 0,
      to: 180,
      line: /^task |desired 2: [013] running/,
      rule: 'As long as the instance is registered nothing is replaced.',
      source: reported('containers-roadmap issue 2040'),
    },
    {
      at: 180,
      line: /^client: refused: Found running tasks on the instance/,
      rule: 'With running tasks an instance is deregistered by force only.',
      source: reference('DeregisterContainerInstance'),
    },
    {
      at: 181,
      line: /^task .* app:1 STOPPED, UserInitiated/,
      times: 1,
      rule: 'By force its task is STOPPED at once, as ECS sees it.',
      source: guide('ecs_task_events'),
    },
    {
      at: 183,
      line: /^task .* app:1 PENDING/,
      times: 1,
      rule: 'The service starts a replacement elsewhere.',
      source: reference('DeregisterContainerInstance'),
    },
    {
      at: 184,
      line: /^task .* app:1 RUNNING$/,
      times: 1,
      rule: 'It runs on mi-2, which has the image: 1 s. From now on three workers run where two are wanted.',
      source: guide('ecs-anywhere-deregistration'),
    },
    {
      at: 191,
      line: /^service: SERVICE_STEADY_STATE/,
      rule: 'For ECS the service is steady with two tasks.',
      source: guide('ecs_service_events'),
    },
    {
      neverFrom: 0,
      to: 360,
      line: /^on mi-1: container/,
      rule: 'The container on mi-1 is an orphan: it runs on, unmonitored, when the link is back and when the machine has registered anew too.',
      source: guide('ecs-anywhere-deregistration'),
    },
    {
      at: 300,
      line: /^mi-1: instance is connected, ACTIVE/,
      rule: 'The machine registers as a new, empty container instance.',
      source: guide('ecs-anywhere-registration'),
    },
    {
      neverFrom: 301,
      to: 360,
      line: /^task /,
      rule: 'Nothing moves to it by itself.',
      source: guide('ecs_services'),
    },
  ],
};
