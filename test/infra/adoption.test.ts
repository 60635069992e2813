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
      repository: 'team/page',
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

  test('hear of pushes to the repositories that there are, read and tag in these alone, and know whose they are', () => {
    const repositories = ['shop', 'team/page'];
    const { EventPattern } = named(controller, 'AWS::Events::Rule', 'Name', 'spillway-image-pushed').Properties;
    expect(EventPattern.detail['repository-name']).toEqual(repositories);
    for (const [folder, action] of [
      ['admit-rollout', 'ecr:BatchGetImage'],
      ['plan-rollout', 'ecr:DescribeImageScanFindings'],
      ['reconcile-services', 'ecr:DescribeImages'],
      ['keep-image', 'ecr:PutImage'],
    ] as const) {
      expect(sorted(grantOf(folder, action))).toEqual(
        repositories.map((name) => `arn:aws:ecr:us-east-1:123456789012:repository/${name}`),
      );
    }
    const { Environment } = named(
      controller,
      'AWS::Lambda::Function',
      'FunctionName',
      'spillway-start-rollout',
    ).Properties;
    expect(JSON.parse(String(Environment.Variables.NAMED_REPOSITORIES))).toEqual({ 'team/page': 'page' });
  });

  test('make no repository that is named, and let the tasks that they make pull from it', () => {
    const services = { shop: { cpuUnits: 256, memoryMiB: 512, fargate: { baseTasks: 1 }, repository: 'team/shop' } };
    const made = synthesized({ configuration: { queues: {}, tables: [], services } }).workload;
    expect(ofType(made, 'AWS::ECR::Repository')).toEqual([]);
    const [[, template] = ['', undefined]] = ofType(made, 'AWS::ECS::TaskDefinition');
    expect(rendered(template?.Properties.ContainerDefinitions[0].Image)).toBe(
      '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/shop:placeholder',
    );
    const pulling = statementsOfRole(made, idOf(template?.Properties.ExecutionRoleArn)).find(({ actions }) =>
      actions.includes('ecr:BatchGetImage'),
    );
    expect(pulling?.resources).toEqual(['arn:aws:ecr:us-east-1:123456789012:repository/team/shop']);
  });
});
