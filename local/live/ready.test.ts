import { expect, it } from 'vitest';
import { defineConfiguration } from '../../functions/core/configuration.ts';
import { type ReadyCloud, whatIsMissing } from './ready.ts';

const configuration = defineConfiguration({
  queues: {},
  tables: [],
  services: {
    web: { cpuUnits: 256, memoryMiB: 512, paths: ['/*'], fargate: { baseTasks: 2 } },
  },
});

interface State {
  readonly exists?: boolean;
  readonly release?: boolean;
  readonly desired?: number;
  /** Health of each task. */
  readonly healths?: readonly string[];
  readonly rolloutState?: string;
  readonly rollouts?: readonly string[];
  readonly answer?: number;
}

const cloud = (state: State): ReadyCloud => {
  const { exists = true, release = true, desired = 2, healths = ['HEALTHY', 'HEALTHY'] } = state;
  const taskDefinition = `arn:aws:ecs:us-east-1:123456789012:task-definition/web-fargate${release ? '' : '-template'}:3`;
  const answers: Readonly<Record<string, unknown>> = {
    DescribeServices: {
      services: exists
        ? [
            {
              serviceName: 'web-fargate',
              status: 'ACTIVE',
              desiredCount: desired,
              taskDefinition,
              deployments: [{ rolloutState: state.rolloutState ?? 'COMPLETED' }],
            },
          ]
        : [],
    },
    ListTasks: { taskArns: healths.map((_, index) => `arn:task/${index}`) },
    DescribeTasks: {
      tasks: healths.map((healthStatus) => ({
        healthStatus,
        lastStatus: 'RUNNING',
        taskDefinitionArn: taskDefinition,
      })),
    },
    ListExecutions: { executions: (state.rollouts ?? []).map((name) => ({ name })) },
  };
  return {
    accountId: '123456789012',
    region: 'us-east-1',
    call: async (_, action) => answers[action],
    elb: { forward: async () => new Response('', { status: state.answer ?? 200 }) },
  };
};

it('is ready when every twin has its base, no rollout runs and the load balancer answers', async () => {
  expect(await whatIsMissing(cloud({}), configuration)).toEqual([]);
});

it.each<[string, State]>([
  ['web-fargate does not exist yet', { exists: false }],
  ['web-fargate has no release yet', { release: false }],
  ['web-fargate has 1 of 2 healthy tasks', { healths: ['HEALTHY', 'UNKNOWN'] }],
  ['web-fargate has 0 of 2 healthy tasks', { desired: 0, healths: [] }],
  ['web-fargate has 2 of 3 healthy tasks', { desired: 3 }],
  ['web-fargate is being deployed', { rolloutState: 'IN_PROGRESS' }],
  ['the rollout push-1 is still running', { rollouts: ['push-1'] }],
  ['the load balancer answers 503 for /*', { answer: 503 }],
])('%s', async (missing, state) => {
  expect(await whatIsMissing(cloud(state), configuration)).toEqual([missing]);
});

it('is ready when a path answers that it is not there: somebody answers', async () => {
  expect(await whatIsMissing(cloud({ answer: 404 }), configuration)).toEqual([]);
});
