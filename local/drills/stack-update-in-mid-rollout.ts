import type { Drill } from './drill.ts';
import { guide, reference, reported } from './sources.ts';
import { cluster, type Stage, service } from './stage.ts';

const shape = { launchType: 'EXTERNAL', healthCheck: true } as const;

/** A stack that owns the service natively, as a template that everybody writes first. */
const template = (stage: Stage, gracePeriodSeconds: number): Record<string, unknown> => ({
  Resources: {
    Definition: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        Family: service,
        RequiresCompatibilities: ['EXTERNAL'],
        NetworkMode: 'bridge',
        ContainerDefinitions: [
          {
            Name: 'main',
            Image: stage.image('v1'),
            Essential: true,
            Cpu: 256,
            Memory: 256,
            HealthCheck: { Command: ['CMD', 'check'], Interval: 5, Timeout: 2, Retries: 2 },
          },
        ],
      },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        Cluster: cluster,
        ServiceName: service,
        LaunchType: 'EXTERNAL',
        TaskDefinition: { Ref: 'Definition' },
        DesiredCount: 2,
        HealthCheckGracePeriodSeconds: gracePeriodSeconds,
      },
    },
  },
});

export const stackUpdateInMidRollout: Drill = {
  title:
    'A stack owns the service natively. A controller scales it to 4 and rolls out app:2; then the stack is updated with another grace period.',
  play: async (stage) => {
    stage.machine('mi-1', 4096);
    stage.push('v1');
    const deploy = (action: string, gracePeriodSeconds: number) =>
      stage.call('cloudformation', action, {
        StackName: 'native',
        TemplateBody: JSON.stringify(template(stage, gracePeriodSeconds)),
      });
    await deploy('CreateStack', 0);
    await stage.settle(300);
    stage.start();
    await stage.act('the controller sets the desired count to 4', () => stage.update({ desiredCount: 4 }));
    await stage.until(60);
    await stage.register(stage.push('v2'), shape);
    await stage.act('the controller updates the service to app:2', () => stage.update());
    await stage.until(69);
    await stage.act('the stack is updated: only the grace period differs', () => deploy('UpdateStack', 5));
    await stage.until(150);
  },
  expectations: [
    {
      at: 3,
      line: /desired 4: 4 running.*PRIMARY app:1 COMPLETED 4\/4/,
      rule: 'A desired count starts no deployment.',
      source: reference('UpdateService'),
    },
    {
      at: 69,
      line: /^stack: UPDATE_IN_PROGRESS/,
      rule: 'In the middle of the rollout somebody updates the stack, for a reason of his own.',
      source: guide('service-deployment'),
    },
    {
      at: 69,
      line: /^ecs-svc.*SERVICE_DEPLOYMENT_IN_PROGRESS/,
      rule: "CloudFormation sends the template's task definition with any change of the service: a third deployment, back to app:1.",
      source: reported('amazon-ecs-deploy-task-definition issue 728'),
    },
    {
      at: 70,
      line: /desired 2: .*PRIMARY app:1 IN_PROGRESS/,
      rule: "It sends the template's desired count too.",
      source: reported('ecs-watchbot issue 349, aws-cdk issue 3919'),
    },
    {
      at: 71,
      line: /^task .* app:2 STOPPED, ServiceSchedulerInitiated/,
      times: 4,
      rule: 'The release that was being rolled out is gone.',
      source: guide('service-deployment'),
    },
    {
      neverFrom: 0,
      to: 150,
      line: /SERVICE_DEPLOYMENT_FAILED|ROLLBACK/,
      rule: 'Nothing tells that a rollout was undone.',
      source: guide('ecs_service_deployment_events'),
    },
    {
      at: 84,
      line: /^stack: UPDATE_COMPLETE$/,
      rule: 'The stack reports success when the service is stable, as it wants it.',
      source: reported('containers-roadmap issue 1369'),
    },
    {
      at: 84,
      line: /desired 2: 2 running, 0 pending; PRIMARY app:1 COMPLETED 2\/2/,
      rule: 'What is left is the template: two tasks of app:1.',
      source: reported('amazon-ecs-deploy-task-definition issue 728'),
    },
  ],
};
