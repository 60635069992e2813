import { describe, expect, test } from 'vitest';
import type { ConfigurationInput } from '../../functions/core/configuration.ts';
import { idOf, named, ofType, rendered, type Statement, statementsOfRole, synthesized } from './synthesized.ts';

const role = (name: string): string => `arn:aws:iam::123456789012:role/legacy/${name}`;
const ecs = (resource: string): string => `arn:aws:ecs:us-east-1:123456789012:${resource}`;
const ours = (name: string): string => `arn:aws:iam::123456789012:role/spillway-${name}-us-east-1`;

/** `shop` was there on premises, and gets a twin in the cloud; `page` was there and stays as it is. */
const configuration: ConfigurationInput = {
  existing: { clusterName: 'legacy' },
  queues: {},
  tables: [],
  services: {
    shop: {
      cpuUnits: 256,
      memoryMiB: 512,
      external: { baseTasks: 2, adopted: { service: 'Old_shop', executionRoleArn: role('starts') } },
      fargate: { baseTasks: 0 },
    },
    page: {
      cpuUnits: 256,
      memoryMiB: 512,
      fargate: {
        baseTasks: 1,
        adopted: { service: 'old-page', taskRoleArn: role('works'), executionRoleArn: role('starts') },
      },
    },
  },
};
const { network, workload, controller } = synthesized({ configuration });
const grantsOf = (folder: string): readonly Statement[] => {
  const template = folder === 'provision-twin' ? workload : controller;
  return statementsOfRole(
    template,
    idOf(named(template, 'AWS::Lambda::Function', 'FunctionName', `spillway-${folder}`).Properties.Role),
  );
};
const grantOf = (folder: string, action: string): Statement | undefined =>
  grantsOf(folder).find(({ actions }) => actions.includes(action));
const sorted = (statement: Statement | undefined): readonly string[] => [...(statement?.resources ?? [])].sort();

describe('the templates of ECS services that are adopted', () => {
  test('make nothing of them: no service, task definition, role, log or repository', () => {
    const names = (type: string, property: string) =>
      ofType(workload, type).map(([, { Properties }]) => rendered(Properties[property]));
    expect(names('Custom::SpillwayTwin', 'ServiceName')).toEqual(['shop-fargate']);
    expect(names('AWS::ECS::TaskDefinition', 'Family')).toEqual(['shop-fargate-template']);
    expect(names('AWS::ECR::Repository', 'RepositoryName')).toEqual([]);
    expect(names('AWS::Logs::LogGroup', 'LogGroupName')).toEqual([
      '/aws/lambda/spillway-provision-twin',
      '/spillway/shop',
    ]);
    expect(JSON.stringify(names('AWS::IAM::Role', 'RoleName'))).not.toMatch(/page|external/);
    expect(ofType(network, 'AWS::ECS::Cluster')).toEqual([]);
    expect(JSON.stringify(network)).not.toContain('AmazonSSMManagedInstanceCore');
  });

  test('let the one function that moves twins move them, and pass on the roles that they have', () => {
    expect(sorted(grantOf('move-twin', 'ecs:UpdateService'))).toEqual(
      ['Old_shop', 'old-page', 'shop-fargate'].map((name) => ecs(`service/legacy/${name}`)),
    );
    for (const folder of ['move-twin', 'register-release', 'probe-twin']) {
      const passing = grantOf(folder, 'iam:PassRole');
      expect(passing?.condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
      expect(sorted(passing)).toEqual([
        role('starts'),
        role('works'),
        ours('shop-execution'),
        ours('shop-fargate-task'),
      ]);
    }
  });

  test('give who makes and deletes twins no hold of them', () => {
    expect(grantOf('provision-twin', 'ecs:DeleteService')?.resources).toEqual([ecs('service/legacy/shop-fargate')]);
    expect(grantOf('provision-twin', 'iam:PassRole')?.resources).toEqual([
      ours('shop-execution'),
      ours('shop-fargate-task'),
    ]);
  });

  test('let releases be probed in families of their own, and tagged as what they are made from', () => {
    expect(sorted(grantOf('probe-twin', 'ecs:RunTask'))).toEqual(
      ['shop-fargate', 'spillway-page-fargate', 'spillway-shop-external'].map((family) =>
        ecs(`task-definition/${family}:*`),
      ),
    );
    expect(grantOf('register-release', 'ecs:TagResource')).toEqual({
      effect: 'Allow',
      actions: ['ecs:TagResource'],
      resources: ['*'],
      condition: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
    });
  });

  test('tell who hears events of ECS whose twins they are', () => {
    const { Environment } = named(
      controller,
      'AWS::Lambda::Function',
      'FunctionName',
      'spillway-observe-twin',
    ).Properties;
    expect(JSON.parse(String(Environment.Variables.ADOPTED_TWINS))).toEqual({ Old_shop: 'shop', 'old-page': 'page' });
  });
});
