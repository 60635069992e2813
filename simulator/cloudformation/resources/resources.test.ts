import { describe, expect, it } from 'vitest';
import { FakeCloud } from '../fake-cloud.ts';
import type { JsonObject } from '../json.ts';

/** Deploys each version of one resource in turn and tells the calls that the last one made. */
const callsOf = async (
  type: string,
  versions: readonly JsonObject[],
  answers: ConstructorParameters<typeof FakeCloud>[0] = {},
): Promise<FakeCloud> => {
  const cloud = new FakeCloud(answers);
  for (const Properties of versions) {
    cloud.calls.length = 0;
    const result = await cloud.deploy({ It: { Type: type, Properties } });
    expect(result.failures).toEqual([]);
  }
  return cloud;
};

const service = (deployments: readonly JsonObject[] = [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]) => ({
  serviceArn: 'arn:service',
  serviceName: 'web-ui',
  status: 'ACTIVE',
  deployments,
});

const ecs = {
  'ecs:CreateService': { service: service() },
  'ecs:DescribeServices': { services: [service()] },
  'ecs:RegisterTaskDefinition': (input: JsonObject) => ({
    taskDefinition: { taskDefinitionArn: `arn:task-definition/${input.family}:1` },
  }),
};

describe('AWS::ECS::ClusterCapacityProviderAssociations', () => {
  it('associates the providers with the cluster, changes them, and takes them away', async () => {
    const type = 'AWS::ECS::ClusterCapacityProviderAssociations';
    const base = { Cluster: 'spillway', CapacityProviders: ['FARGATE'], DefaultCapacityProviderStrategy: [] };
    const made = await callsOf(type, [base]);
    expect(made.inputsOf('ecs:PutClusterCapacityProviders')).toEqual([
      { cluster: 'spillway', capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [] },
    ]);
    const strategy = [{ CapacityProvider: 'FARGATE_SPOT', Base: '0', Weight: '2' }];
    const changed = await callsOf(type, [
      base,
      { ...base, CapacityProviders: ['FARGATE', 'FARGATE_SPOT'], DefaultCapacityProviderStrategy: strategy },
    ]);
    expect(changed.inputsOf('ecs:PutClusterCapacityProviders')).toEqual([
      {
        cluster: 'spillway',
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 2 }],
      },
    ]);
  });
});

describe('AWS::ECS::Service', () => {
  it('sends numbers and flags of a deployment configuration as such, though templates carry text', async () => {
    const cloud = await callsOf(
      'AWS::ECS::Service',
      [
        {
          TaskDefinition: 't:1',
          DeploymentConfiguration: {
            BakeTimeInMinutes: '5',
            Alarms: { AlarmNames: ['errors'], Enable: 'true', Rollback: 'true' },
            DeploymentCircuitBreaker: {
              Enable: 'true',
              Rollback: 'false',
              ResetOnHealthyTask: 'false',
              ThresholdConfiguration: { Type: 'COUNT', Value: '5' },
            },
          },
        },
      ],
      ecs,
    );
    expect(cloud.inputsOf('ecs:CreateService')[0]).toMatchObject({
      deploymentConfiguration: {
        bakeTimeInMinutes: 5,
        alarms: { alarmNames: ['errors'], enable: true, rollback: true },
        deploymentCircuitBreaker: {
          enable: true,
          rollback: false,
          resetOnHealthyTask: false,
          thresholdConfiguration: { type: 'COUNT', value: 5 },
        },
      },
    });
  });

  it('starts with one task when the template says no count', async () => {
    const cloud = await callsOf('AWS::ECS::Service', [{ Cluster: 'spillway', TaskDefinition: 't:1' }], ecs);
    expect(cloud.inputsOf('ecs:CreateService')[0]).toMatchObject({ cluster: 'spillway', desiredCount: 1 });
  });

  it('sends the task definition with any change, and the count only where the template states one', async () => {
    const base = { Cluster: 'spillway', ServiceName: 'web-ui', TaskDefinition: 't:1' };
    const silent = await callsOf('AWS::ECS::Service', [base, { ...base, EnableExecuteCommand: true }], ecs);
    expect(silent.inputsOf('ecs:UpdateService')).toEqual([
      { cluster: 'spillway', service: 'arn:service', taskDefinition: 't:1', enableExecuteCommand: true },
    ]);
    const stating = await callsOf(
      'AWS::ECS::Service',
      [
        { ...base, DesiredCount: 2 },
        { ...base, DesiredCount: 2, EnableExecuteCommand: true },
      ],
      ecs,
    );
    expect(stating.inputsOf('ecs:UpdateService')[0]).toMatchObject({ desiredCount: 2 });
  });

  it('waits until the deployment is complete, and fails with it', async () => {
    let asked = 0;
    const cloud = new FakeCloud({
      ...ecs,
      'ecs:DescribeServices': () => {
        asked += 1;
        return { services: [service([{ status: 'PRIMARY', rolloutState: asked < 4 ? 'IN_PROGRESS' : 'COMPLETED' }])] };
      },
    });
    const startMs = cloud.kernel.now();
    await cloud.deploy({ S: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: 't:1' } } });
    expect(cloud.kernel.now() - startMs).toBe(15_050);
    const failed = new FakeCloud({
      ...ecs,
      'ecs:DescribeServices': {
        services: [{ ...service([{ status: 'PRIMARY', rolloutState: 'FAILED' }]), status: 'INACTIVE' }],
      },
    });
    const result = await failed.deploy({ S: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: 't:1' } } });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.failures[0]?.reason).toMatch(
      /^Resource handler returned message: "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'\." .*GeneralServiceException\)$/,
    );
    expect(failed.inputsOf('ecs:DeleteService')).toEqual([{ service: 'arn:service', force: true }]);
  });
});

describe('AWS::ECS::TaskDefinition', () => {
  const container = {
    Name: 'web',
    Image: 'web:1',
    Essential: 'true',
    Cpu: '128',
    PortMappings: [{ ContainerPort: '8080' }],
    Environment: [{ Name: 'PORT', Value: '8080' }],
    DockerLabels: { 'Com.Example': 'x' },
    LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': 'g' } },
    HealthCheck: { Command: ['CMD', 'true'], Interval: 10 },
  };

  it('speaks the words of the API, numbers as numbers, names of users as they are', async () => {
    const cloud = await callsOf(
      'AWS::ECS::TaskDefinition',
      [
        {
          Family: 'web',
          Cpu: 256,
          Memory: '512',
          NetworkMode: 'awsvpc',
          ContainerDefinitions: [container],
          RuntimePlatform: { CpuArchitecture: 'X86_64' },
        },
      ],
      ecs,
    );
    expect(cloud.inputsOf('ecs:RegisterTaskDefinition')).toEqual([
      {
        family: 'web',
        cpu: '256',
        memory: '512',
        networkMode: 'awsvpc',
        runtimePlatform: { cpuArchitecture: 'X86_64' },
        containerDefinitions: [
          {
            name: 'web',
            image: 'web:1',
            essential: true,
            cpu: 128,
            portMappings: [{ containerPort: 8080 }],
            environment: [{ name: 'PORT', value: '8080' }],
            dockerLabels: { 'Com.Example': 'x' },
            logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g' } },
            healthCheck: { command: ['CMD', 'true'], interval: 10 },
          },
        ],
      },
    ]);
  });

  it('registers a new revision for a change and deregisters the old one, unless that is retained', async () => {
    const resource = (Image: string, more: JsonObject = {}) => ({
      T: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: { Family: 'web', ContainerDefinitions: [{ ...container, Image }] },
        ...more,
      },
    });
    const names = async (more: JsonObject): Promise<readonly string[]> => {
      const cloud = new FakeCloud(ecs);
      await cloud.deploy(resource('web:1', more));
      cloud.calls.length = 0;
      let revision = 1;
      cloud.answers['ecs:RegisterTaskDefinition'] = () => {
        revision += 1;
        return { taskDefinition: { taskDefinitionArn: `arn:task-definition/web:${revision}` } };
      };
      await cloud.deploy(resource('web:2', more));
      return cloud.names();
    };
    expect(await names({})).toEqual(['ecs:RegisterTaskDefinition', 'ecs:DeregisterTaskDefinition']);
    expect(await names({ UpdateReplacePolicy: 'Retain' })).toEqual(['ecs:RegisterTaskDefinition']);
  });
});

describe('AWS::IAM::Role', () => {
  const role = { RoleName: 'worker', AssumeRolePolicyDocument: { Statement: [] } };
  const policy = (PolicyName: string, Action: string) => ({
    PolicyName,
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
  });
  const answers = { 'iam:CreateRole': { Role: { Arn: 'arn:aws:iam::123456789012:role/worker', RoleId: 'AROA' } } };

  it('changes only the policies that changed', async () => {
    const cloud = await callsOf(
      'AWS::IAM::Role',
      [
        { ...role, Policies: [policy('a', 'sqs:*'), policy('b', 'sqs:*')], ManagedPolicyArns: ['arn:1', 'arn:2'] },
        { ...role, Policies: [policy('a', 'sqs:*'), policy('c', 'sqs:*')], ManagedPolicyArns: ['arn:2', 'arn:3'] },
      ],
      answers,
    );
    expect(cloud.calls.map(({ name, input }) => [name, input.PolicyName ?? input.PolicyArn])).toEqual([
      ['iam:PutRolePolicy', 'c'],
      ['iam:DeleteRolePolicy', 'b'],
      ['iam:AttachRolePolicy', 'arn:3'],
      ['iam:DetachRolePolicy', 'arn:1'],
    ]);
  });
});

describe('AWS::Lambda::Function', () => {
  it('updates code and configuration apart, and resets what the template no longer says', async () => {
    const base = { FunctionName: 'f', Runtime: 'nodejs24.x', Handler: 'index.handler', Role: 'arn:role' };
    const code = (S3Key: string) => ({ S3Bucket: 'assets', S3Key });
    const cloud = await callsOf('AWS::Lambda::Function', [
      { ...base, Code: code('1.zip'), Timeout: 60, Environment: { Variables: { N: 1 } } },
      { ...base, Code: code('2.zip'), Environment: { Variables: { N: 2 } } },
    ]);
    expect(cloud.calls).toEqual([
      { name: 'lambda:UpdateFunctionCode', input: { FunctionName: 'f', ...code('2.zip') } },
      {
        name: 'lambda:UpdateFunctionConfiguration',
        input: { FunctionName: 'f', Environment: { Variables: { N: '2' } }, Timeout: 3 },
      },
    ]);
  });

  it('gives permissions on a version to that version', async () => {
    const cloud = await callsOf('AWS::Lambda::Permission', [
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f:3',
        Principal: 'events.amazonaws.com',
      },
    ]);
    expect(cloud.inputsOf('lambda:AddPermission')[0]).toMatchObject({
      FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      Qualifier: '3',
      Principal: 'events.amazonaws.com',
    });
  });
});

describe('AWS::StepFunctions::StateMachine', () => {
  it('fills substitutions into its definition', async () => {
    const cloud = await callsOf(
      'AWS::StepFunctions::StateMachine',
      [
        {
          StateMachineName: 'm',
          RoleArn: 'arn:role',
          DefinitionString: `{"Resource":"$\{MoveTwinFunctionArn}","Other":"$\{Unknown}"}`,
          DefinitionSubstitutions: { MoveTwinFunctionArn: 'arn:f:1' },
        },
      ],
      { 'states:CreateStateMachine': { stateMachineArn: 'arn:m' } },
    );
    expect(cloud.inputsOf('states:CreateStateMachine')[0]).toMatchObject({
      name: 'm',
      type: 'STANDARD',
      definition: `{"Resource":"arn:f:1","Other":"$\{Unknown}"}`,
    });
  });
});

describe('AWS::Events::Rule', () => {
  it('removes targets that are gone, and fails when a target is refused', async () => {
    const rule = (...ids: string[]) => ({
      Name: 'push',
      EventPattern: { source: ['aws.ecr'] },
      Targets: ids.map((Id) => ({ Id, Arn: `arn:${Id}` })),
    });
    const answers = { 'events:PutRule': { RuleArn: 'arn:rule' } };
    const cloud = await callsOf('AWS::Events::Rule', [rule('a', 'b'), rule('b', 'c')], answers);
    expect(cloud.calls.map(({ name, input }) => [name, input.Ids ?? input.Targets ?? input.EventPattern])).toEqual([
      ['events:PutRule', '{"source":["aws.ecr"]}'],
      ['events:RemoveTargets', ['a']],
      ['events:PutTargets', rule('b', 'c').Targets],
    ]);
    const refusing = new FakeCloud({
      ...answers,
      'events:PutTargets': { FailedEntryCount: 1, FailedEntries: [{ TargetId: 'a', ErrorMessage: 'no role' }] },
    });
    const result = await refusing.deploy({ R: { Type: 'AWS::Events::Rule', Properties: rule('a') } });
    expect(result.failures[0]?.reason).toContain('Target a: no role');
    expect(refusing.names().slice(-2)).toEqual(['events:RemoveTargets', 'events:DeleteRule']);
  });
});

describe('AWS::DynamoDB::Table', () => {
  it('waits until it is active, then sets what has an API of its own', async () => {
    let asked = 0;
    const cloud = await callsOf(
      'AWS::DynamoDB::Table',
      [
        {
          TableName: 'spillway',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
      {
        'dynamodb:DescribeTable': () => {
          asked += 1;
          return { Table: { TableArn: 'arn:table', TableStatus: asked < 2 ? 'CREATING' : 'ACTIVE' } };
        },
      },
    );
    expect(cloud.names()).toEqual([
      'dynamodb:CreateTable',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeTable',
      'dynamodb:UpdateTimeToLive',
      'dynamodb:UpdateContinuousBackups',
      'dynamodb:DescribeTable',
    ]);
  });
});

describe('AWS::SecretsManager::Secret', () => {
  it('generates what the template asks for, from the seed', async () => {
    const secret = async (): Promise<unknown> => {
      const cloud = await callsOf(
        'AWS::SecretsManager::Secret',
        [
          {
            GenerateSecretString: {
              SecretStringTemplate: '{"user":"ada"}',
              GenerateStringKey: 'password',
              PasswordLength: 20,
              ExcludePunctuation: true,
            },
          },
        ],
        { 'secretsmanager:CreateSecret': { ARN: 'arn:secret' } },
      );
      return JSON.parse(cloud.inputsOf('secretsmanager:CreateSecret')[0]?.SecretString as string);
    };
    const made = await secret();
    expect(made).toEqual({ user: 'ada', password: expect.stringMatching(/^[A-Za-z0-9]{20}$/) });
    expect(await secret()).toEqual(made);
  });
});

describe('AWS::EC2::Subnet', () => {
  it('is a subnet of the account, in the zone that EC2 answers', async () => {
    const cloud = new FakeCloud();
    const { outputs } = await cloud.deploy(
      {
        Subnet: {
          Type: 'AWS::EC2::Subnet',
          Properties: { VpcId: 'vpc-1', AvailabilityZone: 'us-east-1b', CidrBlock: '10.0.1.0/24' },
        },
      },
      { Outputs: { Zone: { Value: { 'Fn::GetAtt': ['Subnet', 'AvailabilityZone'] } } } },
    );
    expect(outputs).toEqual({ Zone: 'us-east-1b' });
    expect(cloud.inputsOf('ec2:CreateSubnet')).toMatchObject([
      { VpcId: 'vpc-1', AvailabilityZone: 'us-east-1b', CidrBlock: '10.0.1.0/24' },
    ]);
  });
});

describe('inert types', () => {
  it('have ids and attributes as their services make them', async () => {
    const cloud = new FakeCloud();
    const { outputs } = await cloud.deploy(
      {
        Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
        Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Vpc' }, GroupDescription: 'd' } },
      },
      {
        Outputs: {
          Vpc: { Value: { 'Fn::GetAtt': ['Group', 'VpcId'] } },
          Group: { Value: { 'Fn::GetAtt': ['Group', 'GroupId'] } },
          Block: { Value: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] } },
        },
      },
    );
    expect(outputs).toEqual({
      Vpc: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
      Group: expect.stringMatching(/^sg-[0-9a-f]{17}$/),
      Block: '10.0.0.0/16',
    });
    expect(cloud.service.unmodelled()).toEqual([]);
    expect(cloud.calls).toEqual([]);
  });
});
