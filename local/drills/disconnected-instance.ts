import type { Drill } from './drill.ts';
import { assumed, guide, reference, reported } from './sources.ts';

const shape = { launchType: 'EXTERNAL', healthCheck: true } as const;

export const disconnectedInstance: Drill = {
  title: 'Two machines with a task each; one loses its link, a deployment comes meanwhile, and the machine returns.',
  play: async (stage) => {
    stage.machine('mi-1', 1024);
    stage.machine('mi-2', 1024);
    await stage.register(stage.push('v1'), shape);
    await stage.create('EXTERNAL', { desiredCount: 2 });
    await stage.settle(300);
    stage.start();
    await stage.act('the link of mi-1 is cut', () => stage.link('mi-1', false));
    await stage.until(200);
    await stage.register(stage.push('v2'), shape);
    await stage.act('UpdateService to app:2', () => stage.update());
    await stage.until(600);
    await stage.act('the link of mi-1 is mended', () => stage.link('mi-1', true));
    await stage.until(630);
  },
  expectations: [
    {
      at: 120,
      line: /^mi-1: instance is agent disconnected, ACTIVE/,
      rule: 'After some minutes ECS calls the agent disconnected; the instance stays ACTIVE.',
      source: `${reference('ContainerInstance')}; ${assumed('ecs.disconnectDetectionMs')}`,
    },
    {
      neverFrom: 0,
      to: 199,
      line: /^task |^service: desired .* [013] running|^events/,
      rule: 'Nothing is replaced: the task of the lost machine stays RUNNING and healthy as last heard.',
      source: `${reference('HealthCheck')}; ${reported('containers-roadmap issue 2040')}`,
    },
    {
      at: 202,
      line: /^task .* app:2 PENDING/,
      times: 2,
      rule: 'A deployment places its tasks on the machine that is connected.',
      source: reference('ContainerInstance'),
    },
    {
      at: 214,
      line: /^task .* app:1 RUNNING, to be STOPPED/,
      times: 2,
      rule: 'Both old tasks are told to stop, when the new ones are healthy.',
      source: guide('deployment-type-ecs'),
    },
    {
      at: 214,
      line: /^task .* app:1 STOPPED/,
      times: 1,
      rule: 'Only one of them hears it.',
      source: reported('containers-roadmap issue 2040'),
    },
    {
      at: 215,
      line: /PRIMARY app:2 IN_PROGRESS 2\/2; ACTIVE app:1 COMPLETED 1\/0/,
      rule: 'The other stays counted as running, so that the deployment cannot complete.',
      source: reported('containers-roadmap issue 2040'),
    },
    {
      neverFrom: 215,
      to: 604,
      line: /SERVICE_DEPLOYMENT_(COMPLETED|FAILED)|SERVICE_STEADY_STATE/,
      rule: 'ECS itself waits without a limit.',
      source: guide('ecs_service_deployment_events'),
    },
    {
      at: 605,
      line: /^mi-1: instance is connected/,
      rule: 'Five seconds after the link is there again the agent is connected.',
      source: assumed('ecs.reconnectMs'),
    },
    {
      at: 605,
      line: /^task .* app:1 STOPPED, ServiceSchedulerInitiated/,
      times: 1,
      rule: 'It learns what was decided while it was away, and stops the task.',
      source: 'amazon-ecs-agent, agent/acs/session/task_manifest_responder.go',
    },
    {
      at: 605,
      line: /^on mi-1: container of app:1 ended with 0/,
      times: 1,
      rule: 'Only now the container ends on the machine: it has worked on with the old revision for six minutes and a half.',
      source: 'amazon-ecs-agent, agent/acs/session/task_manifest_responder.go',
    },
    {
      neverFrom: 0,
      to: 604,
      line: /^on mi-1: container/,
      rule: 'Tasks keep running while their host has no link to AWS.',
      source: guide('ecs-anywhere-troubleshooting'),
    },
    {
      at: 607,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_COMPLETED/,
      rule: 'Only now the deployment completes.',
      source: guide('deployment-type-ecs'),
    },
  ],
};
