import type { ConfigurationInput } from '../../functions/core/configuration.ts';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import { type RolloutWorldOptions, type ServiceChange, service } from './rollout-world.ts';

/**
 * A service whose twins were there before Spillway: two ECS services in somebody's cluster, with names and task definitions
 * of their own, and a repository with the image that they run.
 */

export const cluster = 'legacy';
export const names = { external: 'Legacy_Worker', fargate: 'legacy-cloud-external' } as const;
/** Who may take the roles of its tasks. */
export const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
/** What starts a task: its image and its logs. */
export const pulls = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['ecr:*', 'logs:*'], Resource: '*' }],
});

const healthCheck = { command: ['CMD', 'true'], interval: 10, timeout: 5, retries: 3, startPeriod: 10 };

const placeOf = {
  external: {
    launchType: 'EXTERNAL',
    deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 },
    placementConstraints: [{ type: 'memberOf', expression: 'attribute:site == dc1' }],
  },
  fargate: {
    launchType: 'FARGATE',
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-0aaaaaaaaaaaaaaa1'], securityGroups: ['sg-0aaaaaaaaaaaaaaa1'] },
    },
  },
} as const;

const role = ({ accountId }: Pick<Cloud, 'accountId'>): string => `arn:aws:iam::${accountId}:role/legacy/starts`;

const make =
  (tasks: Readonly<Record<keyof typeof names, number>>) =>
  async (cloud: Cloud): Promise<void> => {
    await cloud.call('ecs', 'CreateCluster', { clusterName: cluster });
    await cloud.call('ecr', 'CreateRepository', { repositoryName: service });
    cloud.ecr.store({ repository: service, tags: ['v0'], config: {}, layers: [Buffer.from('v0')] });
    await cloud.call('iam', 'CreateRole', { RoleName: 'starts', Path: '/legacy/', AssumeRolePolicyDocument: trust });
    await cloud.call('iam', 'PutRolePolicy', { RoleName: 'starts', PolicyName: 'Pulls', PolicyDocument: pulls });
    const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/${service}:v0`;
    for (const place of ['external', 'fargate'] as const) {
      await cloud.call('ecs', 'RegisterTaskDefinition', {
        family: names[place],
        requiresCompatibilities: [place.toUpperCase()],
        networkMode: place === 'fargate' ? 'awsvpc' : 'bridge',
        cpu: '512',
        memory: '1024',
        executionRoleArn: role(cloud),
        containerDefinitions: [{ name: service, image, essential: true, memory: 256, healthCheck }],
      });
      await cloud.call('ecs', 'CreateService', {
        cluster,
        serviceName: names[place],
        taskDefinition: names[place],
        desiredCount: tasks[place],
        ...placeOf[place],
      });
    }
  };

/** What a world is to be booted with, so that its service is adopted, with so many tasks to begin with. */
export const adoptedService = (
  tasks: Readonly<Record<keyof typeof names, number>>,
  rollout: ServiceChange['rollout'],
): Required<Pick<RolloutWorldOptions, 'change' | 'existing' | 'before'>> => {
  const executionRoleArn = role({ accountId: '123456789012' });
  const adopted = (place: keyof typeof names): { readonly service: string; readonly executionRoleArn: string } => ({
    service: names[place],
    executionRoleArn,
  });
  const existing: ConfigurationInput['existing'] = { clusterName: cluster };
  const change: ServiceChange = {
    receivesFrom: [],
    receivesFromOnPremises: [],
    tables: [],
    external: { baseTasks: tasks.external, adopted: adopted('external') },
    fargate: { baseTasks: tasks.fargate, adopted: adopted('fargate') },
    rollout,
  };
  return { change, existing, before: make(tasks) };
};
