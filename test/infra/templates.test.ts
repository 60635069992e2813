import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InvalidConfiguration, type ServiceConfiguration } from '../../functions/core/configuration.ts';
import configuration from '../../spillway.config.ts';
import { idOf, named, ofType, rendered, type Statement, statementsOfRole, synthesized } from './synthesized.ts';

const { network, workload, controller } = synthesized();
const everything = { Resources: { ...network.Resources, ...workload.Resources, ...controller.Resources } };
const twins = ofType(workload, 'Custom::SpillwayTwin').map(([, resource]) => resource);
const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:123456789012:${resource}`;

const serviceOf = (name: string): ServiceConfiguration => {
  const service = configuration.services[name];
  if (!service) throw new Error(`The configuration has no ${name}`);
  return service;
};

describe('twins', () => {
  test('no template has a native ECS service, which every stack update and rollback would move', () => {
    expect(ofType(everything, 'AWS::ECS::Service')).toEqual([]);
    expect(twins.map((twin) => twin.Properties.ServiceName).sort()).toEqual([
      'order-processor-external',
      'order-processor-fargate',
      'orders-api-fargate',
      'web-ui-fargate',
    ]);
  });

  test('no twin is told a count, and its task definition is only the template it is created from', () => {
    for (const { Properties } of twins) {
      expect(Properties).not.toHaveProperty('DesiredCount');
      const template = workload.Resources[idOf(Properties.TaskDefinition)];
      expect(template?.Properties.Family).toBe(`${Properties.ServiceName}-template`);
    }
  });

  test("ECS's circuit breaker is on and never rolls back by itself", () => {
    for (const { Properties } of twins) {
      expect(Properties.DeploymentConfiguration.DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: false });
    }
  });

  test('a twin behind the load balancer is made after the rules that lead to it, the others wait for none', () => {
    const twin = (name: string) => named(workload, 'Custom::SpillwayTwin', 'ServiceName', name);
    const rules = (name: string) =>
      (twin(name).DependsOn ?? []).map(
        (id) => workload.Resources[id]?.Properties.Conditions[0].PathPatternConfig.Values,
      );
    expect(rules('orders-api-fargate')).toEqual([['/api/*']]);
    expect(rules('web-ui-fargate')).toEqual([['/*']]);
    expect(rules('order-processor-fargate')).toEqual([]);
    expect(rules('order-processor-external')).toEqual([]);
  });

  test('only Fargate twins have a network of their own, without a public address', () => {
    for (const { Properties } of twins) {
      expect(Properties.NetworkConfiguration?.AwsvpcConfiguration.AssignPublicIp).toBe(
        Properties.LaunchType === 'FARGATE' ? 'DISABLED' : undefined,
      );
    }
  });
});

describe('templates of task definitions', () => {
  const template = (twin: string) => named(workload, 'AWS::ECS::TaskDefinition', 'Family', `${twin}-template`);

  test('a parameter states the current one of each twin, and only those parameters may registration read', () => {
    const stated = twins.map(({ Properties }) => {
      const name = `/spillway/templates/${Properties.ServiceName}`;
      const { Value } = named(workload, 'AWS::SSM::Parameter', 'Name', name).Properties;
      expect(workload.Resources[idOf(Value)]?.Properties.Family).toBe(`${Properties.ServiceName}-template`);
      return arn('ssm', `parameter${name}`);
    });
    const { Properties } = named(controller, 'AWS::Lambda::Function', 'FunctionName', 'spillway-register-release');
    const reading = statementsOfRole(controller, idOf(Properties.Role)).find(({ actions }) =>
      actions.includes('ssm:GetParameter'),
    );
    expect([...(reading?.resources ?? [])].sort()).toEqual(stated.sort());
  });

  test('Fargate takes awsvpc, and EXTERNAL refuses it', () => {
    expect(template('order-processor-fargate').Properties).toMatchObject({
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: '512',
      Memory: '1024',
    });
    expect(template('order-processor-external').Properties).toMatchObject({
      RequiresCompatibilities: ['EXTERNAL'],
      NetworkMode: 'bridge',
    });
  });

  test('twins differ in their task role alone: container, secrets, log and execution role are the same', () => {
    const fargate = template('order-processor-fargate').Properties;
    const external = template('order-processor-external').Properties;
    expect(external.ContainerDefinitions).toEqual(fargate.ContainerDefinitions);
    expect(external.ExecutionRoleArn).toEqual(fargate.ExecutionRoleArn);
    expect(external.TaskRoleArn).not.toEqual(fargate.TaskRoleArn);
  });

  test('a container finds its queues, its tables, its port and its Region in its environment, and what rolls it out its registry', () => {
    const [container] = rendered(template('orders-api-fargate').Properties.ContainerDefinitions) as [
      { Environment: { Name: string; Value: string }[]; Image: string },
    ];
    expect(container.Environment.map(({ Name }) => Name)).toEqual([
      'AWS_REGION',
      'ORDERS_ONPREM_QUEUE_URL',
      'ORDERS_QUEUE_URL',
      'ORDERS_TABLE_NAME',
      'PORT',
      'STOP_TIMEOUT_SECONDS',
    ]);
    const [worker] = rendered(template('order-processor-external').Properties.ContainerDefinitions) as [
      { Environment: { Name: string; Value: string }[] },
    ];
    expect(worker.Environment).toContainEqual({ Name: 'VISIBILITY_TIMEOUT_SECONDS', Value: '30' });
    expect(container.Image).toBe('123456789012.dkr.ecr.us-east-1.amazonaws.com/orders-api:placeholder');
    for (const folder of ['admit-rollout', 'plan-rollout', 'register-release']) {
      const { Environment } = named(
        controller,
        'AWS::Lambda::Function',
        'FunctionName',
        `spillway-${folder}`,
      ).Properties;
      expect(rendered(Environment.Variables.REGISTRY)).toBe('123456789012.dkr.ecr.us-east-1.amazonaws.com');
    }
  });

  test('load reports are kept by nobody: they are an hour old at most', () => {
    expect(named(workload, 'AWS::DynamoDB::Table', 'TableName', 'spillway-load')).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } },
    });
  });

  test('what a release may need survives its removal from the template, and leaves nothing after a failed creation', () => {
    const roles = ofType(workload, 'AWS::ECS::TaskDefinition').flatMap(([id, { Properties }]) => [
      id,
      idOf(Properties.TaskRoleArn),
      idOf(Properties.ExecutionRoleArn),
    ]);
    const data = ['AWS::ECR::Repository', 'AWS::DynamoDB::Table'].flatMap((type) =>
      ofType(workload, type).flatMap(([id, { Properties }]) => (Properties.TableName === 'spillway-load' ? [] : [id])),
    );
    for (const id of [...roles, ...data]) {
      expect([id, workload.Resources[id]?.DeletionPolicy]).toEqual([id, 'RetainExceptOnCreate']);
      expect([id, workload.Resources[id]?.UpdateReplacePolicy]).toEqual([id, 'Retain']);
    }
    for (const service of Object.keys(configuration.services)) {
      expect(named(workload, 'AWS::Logs::LogGroup', 'LogGroupName', `/spillway/${service}`).DeletionPolicy).toBe(
        'RetainExceptOnCreate',
      );
    }
  });

  test('a secret is read by name at the start of a task, and the execution role may read that one', () => {
    const services = {
      ...configuration.services,
      'web-ui': { ...serviceOf('web-ui'), secrets: { TOKEN: 'shop/token', KEY: '/shop/key' } },
    };
    const { workload: secretive } = synthesized({ configuration: { ...configuration, services } });
    const { Properties } = named(secretive, 'AWS::ECS::TaskDefinition', 'Family', 'web-ui-fargate-template');
    expect((rendered(Properties.ContainerDefinitions) as { Secrets: unknown }[])[0]?.Secrets).toEqual([
      { Name: 'TOKEN', ValueFrom: arn('secretsmanager', 'secret:shop/token') },
      { Name: 'KEY', ValueFrom: arn('ssm', 'parameter/shop/key') },
    ]);
    const allowed = statementsOfRole(secretive, idOf(Properties.ExecutionRoleArn));
    expect(allowed.filter(({ actions }) => /^(ssm|secretsmanager):/.test(actions[0] ?? ''))).toMatchObject([
      { actions: ['ssm:GetParameters'], resources: [arn('ssm', 'parameter/shop/key')] },
      { actions: ['secretsmanager:GetSecretValue'], resources: [arn('secretsmanager', 'secret:shop/token-??????')] },
    ]);
  });
});

describe('residency', () => {
  const taskStatements = (twin: string): readonly Statement[] =>
    statementsOfRole(
      workload,
      idOf(named(workload, 'AWS::ECS::TaskDefinition', 'Family', `${twin}-template`).Properties.TaskRoleArn),
    );
  const mayReceiveFrom = (twin: string): readonly string[] =>
    taskStatements(twin)
      .filter(({ actions }) => actions.includes('sqs:ReceiveMessage'))
      .flatMap(({ resources }) => resources);

  test('only the external twin may receive what is bound to the premises', () => {
    expect(mayReceiveFrom('order-processor-external')).toEqual([arn('sqs', 'orders'), arn('sqs', 'orders-onprem')]);
    expect(mayReceiveFrom('order-processor-fargate')).toEqual([arn('sqs', 'orders')]);
    expect(mayReceiveFrom('orders-api-fargate')).toEqual([]);
  });

  test('the queue itself refuses every other receiver, whatever another role is granted later', () => {
    const policies = ofType(workload, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => rendered(Properties));
    const denials = JSON.stringify(policies).match(/"ArnNotEquals":\{[^}]*\}/g);
    const role = 'arn:aws:iam::123456789012:role/spillway-order-processor-external-task-us-east-1';
    expect(denials).toEqual([`"ArnNotEquals":{"aws:PrincipalArn":["${role}"]}`]);
    // The name in the policy is the name of the role, or nobody at all could receive.
    const { Properties } = named(workload, 'AWS::ECS::TaskDefinition', 'Family', 'order-processor-external-template');
    const roleName = rendered(workload.Resources[idOf(Properties.TaskRoleArn)]?.Properties.RoleName);
    expect(role.endsWith(`/${roleName}`)).toBe(true);
  });

  test('the queue refuses receivers from elsewhere than the addresses of the sites, where these are configured', () => {
    const siteAddresses = ['203.0.113.0/24', '2001:db8::/32'];
    const bound = synthesized({
      configuration: { ...configuration, queues: { ...configuration.queues, 'orders-onprem': { siteAddresses } } },
    });
    const statements = ofType(bound.workload, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) => {
      const { PolicyDocument } = Properties as { readonly PolicyDocument: { readonly Statement: readonly object[] } };
      return PolicyDocument.Statement.filter((statement) => 'Sid' in statement && statement.Sid === 'OnlyFromTheSites');
    });
    expect(statements).toMatchObject([
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:ReceiveMessage',
        Condition: { NotIpAddress: { 'aws:SourceIp': siteAddresses, 'aws:VpcSourceIp': siteAddresses } },
      },
    ]);
  });

  test('each task may do to queues and tables what its configuration says', () => {
    expect(taskStatements('orders-api-fargate')).toMatchObject([
      { actions: ['sqs:SendMessage'], resources: [arn('sqs', 'orders'), arn('sqs', 'orders-onprem')] },
      {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [arn('dynamodb', 'table/orders')],
      },
    ]);
    expect(taskStatements('web-ui-fargate')).toEqual([]);
  });
});

describe('grants of the functions', () => {
  // Items are written by conditional updates alone: nobody needs PutItem.
  const watching = [
    'ecs:DescribeServices',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:ListContainerInstances',
    'ecs:DescribeContainerInstances',
    'states:SendTaskSuccess',
    'dynamodb:GetItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:Query',
  ];
  const expected: Readonly<Record<string, readonly string[]>> = {
    'provision-twin': [
      'ecs:CreateService',
      'ecs:UpdateService',
      'ecs:DeleteService',
      'ecs:DescribeServices',
      'iam:PassRole',
    ],
    'start-rollout': ['ssm:GetParameter', 'states:StartExecution'],
    'retire-revisions': [
      'ssm:GetParameter',
      'dynamodb:GetItem',
      'ecs:ListTaskDefinitions',
      'ecs:DeregisterTaskDefinition',
    ],
    'admit-rollout': ['ssm:GetParameter', 'ecr:BatchGetImage', 'dynamodb:GetItem'],
    'take-lease': [
      'ssm:GetParameter',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'ecs:DescribeServices',
      'states:DescribeExecution',
      'events:PutEvents',
    ],
    'await-scan': [
      'ecr:DescribeImageScanFindings',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'states:SendTaskSuccess',
    ],
    'observe-scan': [
      'ecr:DescribeImageScanFindings',
      'dynamodb:GetItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'states:SendTaskSuccess',
    ],
    'await-approval': [
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'states:SendTaskSuccess',
      'events:PutEvents',
    ],
    'await-turn': ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'states:SendTaskSuccess'],
    'register-release': [
      'ssm:GetParameter',
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:ListContainerInstances',
      'ecs:DescribeContainerInstances',
      'ecs:RegisterTaskDefinition',
      'iam:PassRole',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'sqs:GetQueueUrl',
      'sqs:GetQueueAttributes',
    ],
    'move-twin': [
      'ecs:UpdateService',
      'ecs:DescribeServices',
      'iam:PassRole',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'states:DescribeExecution',
    ],
    'await-twin': [...watching, 'states:DescribeExecution'],
    'observe-twin': watching,
    'prove-release': [
      'ecs:DescribeServices',
      'ecs:ListTasks',
      'ecs:DescribeTasks',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'sqs:GetQueueUrl',
      'sqs:GetQueueAttributes',
    ],
    'probe-twin': [
      'ecs:RunTask',
      'iam:PassRole',
      'ecs:ListTasks',
      'ecs:DescribeTasks',
      'ecs:StopTask',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'states:SendTaskSuccess',
      'states:DescribeExecution',
    ],
    'guard-executions': [
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'states:ListExecutions',
      'states:DescribeExecution',
      'states:StartExecution',
      'states:SendTaskSuccess',
      'events:PutEvents',
    ],
    'reconcile-services': [
      'ecs:ListContainerInstances',
      'ecs:DescribeContainerInstances',
      'ecs:ListTasks',
      'ecs:DescribeTasks',
      'ecs:StopTask',
      'ssm:GetParameter',
      'ecr:DescribeImages',
      'ecs:DescribeServices',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'states:DescribeExecution',
      'states:StartExecution',
      'events:PutEvents',
    ],
    'keep-image': ['ecr:BatchGetImage', 'ecr:PutImage'],
    'close-rollout': [
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'ecs:DescribeServices',
      'states:SendTaskSuccess',
      'events:PutEvents',
    ],
    'start-burst': [
      'ssm:GetParameter',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'states:StartExecution',
      'states:DescribeExecution',
      'events:PutEvents',
    ],
    'admit-burst': [
      'ssm:GetParameter',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
      'states:DescribeExecution',
    ],
    // Nothing that writes.
    'plan-rollout': [
      'ssm:GetParameter',
      'ssm:DescribeParameters',
      'ecr:BatchGetImage',
      'ecr:DescribeImageScanFindings',
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:ListContainerInstances',
      'ecs:DescribeContainerInstances',
      'iam:GetRole',
      'logs:DescribeLogGroups',
      'dynamodb:GetItem',
      'dynamodb:Query',
    ],
    'decide-burst': [
      'ssm:GetParameter',
      'sqs:GetQueueUrl',
      'sqs:GetQueueAttributes',
      'ecs:DescribeServices',
      'ecs:ListContainerInstances',
      'ecs:DescribeContainerInstances',
      'servicequotas:GetServiceQuota',
      'ec2:DescribeSubnets',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    ],
    'close-burst': ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:Query', 'events:PutEvents'],
    'admit-operation': [
      'ssm:GetParameter',
      'ssm:GetParametersByPath',
      'ecr:BatchGetImage',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'states:SendTaskSuccess',
    ],
  };
  const functions = ofType(everything, 'AWS::Lambda::Function').map(([, resource]) => resource);
  const folderOf = (name: unknown): string => String(name).replace(/^spillway-/, '');
  const granted = (folder: string): readonly Statement[] => {
    const { Properties } = named(everything, 'AWS::Lambda::Function', 'FunctionName', `spillway-${folder}`);
    return statementsOfRole(everything, idOf(Properties.Role));
  };
  // Every function writes its log and its traces.
  const ambient = new Set([
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
  ]);

  test.each(Object.entries(expected))('%s may make its own calls and no others', (folder, actions) => {
    const statements = granted(folder);
    expect(statements.every(({ effect }) => effect === 'Allow')).toBe(true);
    const own = statements.flatMap((statement) => statement.actions).filter((action) => !ambient.has(action));
    expect(own.sort()).toEqual([...actions].sort());
  });

  test('every function is in the table above, and each has a role of its own', () => {
    expect(functions.map(({ Properties }) => folderOf(Properties.FunctionName)).sort()).toEqual(
      Object.keys(expected).sort(),
    );
    expect(new Set(functions.map(({ Properties }) => idOf(Properties.Role))).size).toBe(functions.length);
  });

  test('plan-rollout is granted no action that writes', () => {
    const actions = granted('plan-rollout')
      .flatMap((statement) => statement.actions)
      .filter((action) => !ambient.has(action));
    expect(actions.filter((action) => !/^[a-z-]+:(Get|BatchGet|Describe|List|Query)/.test(action))).toEqual([]);
  });

  test('"every resource" is allowed only where IAM knows no narrower one', () => {
    const anywhere = Object.keys(expected).flatMap((folder) =>
      granted(folder)
        .filter(({ resources }) => resources.includes('*'))
        .flatMap(({ actions }) =>
          actions.filter((action) => !ambient.has(action)).map((action) => `${folder} ${action}`),
        ),
    );
    expect(anywhere.sort()).toEqual([
      'await-twin ecs:ListTasks',
      'decide-burst ec2:DescribeSubnets',
      'observe-twin ecs:ListTasks',
      'plan-rollout ecs:DescribeTaskDefinition',
      'plan-rollout ssm:DescribeParameters',
      'probe-twin ecs:ListTasks',
      'prove-release ecs:ListTasks',
      'reconcile-services ecs:ListTasks',
      'register-release ecs:DescribeTaskDefinition',
      'register-release ecs:RegisterTaskDefinition',
      'retire-revisions ecs:DeregisterTaskDefinition',
      'retire-revisions ecs:ListTaskDefinitions',
    ]);
    const [listing] = granted('await-twin').filter(({ actions }) => actions.includes('ecs:ListTasks'));
    expect(listing?.condition).toEqual({ ArnEquals: { 'ecs:cluster': arn('ecs', 'cluster/spillway') } });
  });

  test('services are described and moved by name, and only roles of tasks are passed, and only to ECS', () => {
    const moving = granted('move-twin').find(({ actions }) => actions.includes('ecs:UpdateService'));
    expect([...(moving?.resources ?? [])].sort()).toEqual([
      arn('ecs', 'service/spillway/order-processor-external'),
      arn('ecs', 'service/spillway/order-processor-fargate'),
      arn('ecs', 'service/spillway/orders-api-fargate'),
      arn('ecs', 'service/spillway/web-ui-fargate'),
    ]);
    const taskRoles = ofType(workload, 'AWS::ECS::TaskDefinition').flatMap(([, { Properties }]) =>
      [Properties.TaskRoleArn, Properties.ExecutionRoleArn].map(
        (role) => `arn:aws:iam::123456789012:role/${rendered(workload.Resources[idOf(role)]?.Properties.RoleName)}`,
      ),
    );
    for (const folder of ['register-release', 'move-twin', 'provision-twin']) {
      const passing = granted(folder).find(({ actions }) => actions.includes('iam:PassRole'));
      expect(passing?.condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
      expect([...(passing?.resources ?? [])].sort()).toEqual([...new Set(taskRoles)].sort());
    }
  });

  test('each names the entry file that it was built from', () => {
    for (const { Metadata, Properties } of functions) {
      expect(Metadata?.['spillway:entry']).toBe(`functions/${folderOf(Properties.FunctionName)}/index.ts`);
    }
  });
});

describe('state machines', () => {
  const folder = resolve(import.meta.dirname, '../../state-machines');
  const machine = (name: string) =>
    named(controller, 'AWS::StepFunctions::StateMachine', 'StateMachineName', `spillway-${name}`).Properties;
  const expected: Readonly<Record<string, readonly string[]>> = {
    rollout: [
      'AdmitRolloutFunctionArn',
      'AwaitApprovalFunctionArn',
      'AwaitScanFunctionArn',
      'AwaitTurnFunctionArn',
      'AwaitTwinFunctionArn',
      'CloseRolloutFunctionArn',
      'KeepImageFunctionArn',
      'MoveTwinFunctionArn',
      'ProbeTwinFunctionArn',
      'ProveReleaseFunctionArn',
      'RegisterReleaseFunctionArn',
      'TakeLeaseFunctionArn',
    ],
    burst: [
      'AdmitBurstFunctionArn',
      'BurstStateMachineArn',
      'CloseBurstFunctionArn',
      'DecideBurstFunctionArn',
      'MoveTwinFunctionArn',
    ],
    operate: [
      'AdmitOperationFunctionArn',
      'BurstStateMachineArn',
      'MoveTwinFunctionArn',
      'PlanRolloutFunctionArn',
      'RolloutStateMachineArn',
    ],
  };

  test.each(Object.entries(expected))('%s is the file, and its placeholders are its substitutions', (name, names) => {
    const { DefinitionString, DefinitionSubstitutions } = machine(name);
    expect(DefinitionString).toBe(readFileSync(join(folder, `${name}.asl.json`), 'utf8'));
    const placeholders = [...DefinitionString.matchAll(/\$\{([^}]*)\}/g)].map(([, placeholder]) => placeholder);
    expect([...new Set(placeholders)].sort()).toEqual(names);
    expect(Object.keys(DefinitionSubstitutions).sort()).toEqual(names);
  });

  test.each(Object.keys(expected))(
    '%s invokes published versions, and may invoke those of before an update',
    (name) => {
      const { DefinitionSubstitutions, RoleArn } = machine(name);
      const invoked = Object.entries(DefinitionSubstitutions)
        .filter(([placeholder]) => placeholder.endsWith('FunctionArn'))
        .map(([, version]) => {
          const resource = controller.Resources[idOf(version)];
          expect(resource?.Type).toBe('AWS::Lambda::Version');
          expect(resource?.DeletionPolicy).toBe('Retain');
          return controller.Resources[idOf(resource?.Properties.FunctionName)]?.Properties.FunctionName;
        });
      const allowed = statementsOfRole(controller, idOf(RoleArn))
        .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
        .flatMap(({ resources }) => resources);
      expect([...allowed].sort()).toEqual(
        invoked.map((functionName) => arn('lambda', `function:${functionName}:*`)).sort(),
      );
    },
  );

  test('each may start the state machines that its file names, and no others', () => {
    const started = (name: string) =>
      statementsOfRole(controller, idOf(machine(name).RoleArn))
        .filter(({ actions }) => actions.includes('states:StartExecution'))
        .flatMap(({ resources }) => resources);
    expect(started('rollout')).toEqual([]);
    expect(started('burst')).toEqual([arn('states', 'stateMachine:spillway-burst')]);
    expect(started('operate')).toEqual([
      arn('states', 'stateMachine:spillway-burst'),
      arn('states', 'stateMachine:spillway-rollout'),
    ]);
  });
});

describe('rules', () => {
  const rule = (name: string) => rendered(named(controller, 'AWS::Events::Rule', 'Name', name).Properties);

  test('a push of one of our repositories starts a rollout, and what cannot be delivered is kept', () => {
    expect(rule('spillway-image-pushed')).toMatchObject({
      EventPattern: {
        source: ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        detail: {
          'action-type': ['PUSH'],
          result: ['SUCCESS'],
          'repository-name': ['web-ui', 'orders-api', 'order-processor'],
        },
      },
      Targets: [{ DeadLetterConfig: {}, RetryPolicy: { MaximumEventAgeInSeconds: 86_400 } }],
    });
  });

  test('what ECS says of our cluster wakes the waits, and nothing of another cluster does', () => {
    expect(rule('spillway-service-changed')).toMatchObject({
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Deployment State Change', 'ECS Service Action'],
        resources: [{ prefix: arn('ecs', 'service/spillway/') }],
      },
    });
    expect(rule('spillway-task-stopped')).toMatchObject({
      EventPattern: {
        'detail-type': ['ECS Task State Change'],
        detail: {
          clusterArn: [arn('ecs', 'cluster/spillway')],
          lastStatus: ['DEPROVISIONING', 'STOPPED'],
          group: [{ prefix: 'service:' }],
        },
      },
    });
  });

  test('what a task tells of a late queue reaches start-burst with the service, the queue and the delay', () => {
    const { Targets, EventPattern } = rule('spillway-queue-saturated') as {
      Targets: { InputTransformer: { InputPathsMap: Record<string, string>; InputTemplate: string } }[];
      EventPattern: unknown;
    };
    expect(EventPattern).toEqual({ source: ['order-processor'], 'detail-type': ['Queue Saturated'] });
    const { InputPathsMap = {}, InputTemplate = '' } = Targets[0]?.InputTransformer ?? {};
    const input = InputTemplate.replaceAll(/<([^>]+)>/g, (_, variable: string) => `"${InputPathsMap[variable]}"`);
    expect(JSON.parse(input)).toEqual({
      kind: 'saturation',
      service: '$.source',
      queue: '$.detail.queue',
      queueDelaySeconds: '$.detail.queueDelaySeconds',
      time: '$.time',
      eventId: '$.id',
    });
  });

  test('the loss of a machine starts a burst only for a service that asks for it', () => {
    const names = ofType(controller, 'AWS::Events::Rule').map(([, { Properties }]) => Properties.Name);
    expect(names).not.toContain('spillway-order-processor-site-loss');
  });

  test('the backlog alarm starts a burst that knows its service and its alarm', () => {
    const { Targets, EventPattern } = rule('spillway-order-processor-backlog') as {
      Targets: { InputTransformer: { InputPathsMap: Record<string, string>; InputTemplate: string } }[];
      EventPattern: unknown;
    };
    expect(EventPattern).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: [
        arn('cloudwatch', 'alarm:spillway-order-processor-backlog'),
        arn('cloudwatch', 'alarm:spillway-order-processor-backlog-age'),
      ],
      detail: { state: { value: ['ALARM'] } },
    });
    const { InputPathsMap = {}, InputTemplate = '' } = Targets[0]?.InputTransformer ?? {};
    const input = InputTemplate.replaceAll(/<([^>]+)>/g, (_, variable: string) => `"${InputPathsMap[variable]}"`);
    expect(JSON.parse(input)).toEqual({
      service: 'order-processor',
      trigger: {
        kind: 'alarm',
        alarmName: '$.detail.alarmName',
        reason: '$.detail.state.reason',
        eventId: '$.id',
      },
    });
  });
});

describe('alarms', () => {
  test('a burst begins at what the premises pick up within half the deadline', () => {
    // 3 tasks, 2 messages at a time, 0.5 s each: 12 a second, 120 in half of 20 s.
    const alarm = named(workload, 'AWS::CloudWatch::Alarm', 'AlarmName', 'spillway-order-processor-backlog');
    expect(alarm.Properties).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'orders' }],
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 120,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('every dead-letter queue and every state machine has its alarm', () => {
    const names = ofType(everything, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.AlarmName);
    expect(names.sort()).toEqual([
      'spillway-burst-failed',
      'spillway-burst-timed-out',
      'spillway-guard-executions-errors',
      'spillway-observe-scan-errors',
      'spillway-observe-twin-errors',
      'spillway-operate-failed',
      'spillway-operate-timed-out',
      'spillway-order-processor-backlog',
      'spillway-order-processor-backlog-age',
      'spillway-orders-dlq',
      'spillway-orders-onprem-dlq',
      'spillway-reconcile-services-errors',
      'spillway-retire-revisions-errors',
      'spillway-rollout-failed',
      'spillway-rollout-timed-out',
      'spillway-start-burst-errors',
      'spillway-start-rollout-errors',
      'spillway-undelivered',
    ]);
  });
});

describe('notifications', () => {
  test('are encrypted, refused without TLS, and published by rules of this account alone', () => {
    const { Properties } = named(controller, 'AWS::SNS::Topic', 'TopicName', 'spillway-notifications');
    expect(controller.Resources[idOf(Properties.KmsMasterKeyId)]?.Type).toBe('AWS::KMS::Key');
    const [policy] = ofType(controller, 'AWS::SNS::TopicPolicy').map(([, resource]) => resource.Properties);
    const statements = rendered(policy?.PolicyDocument.Statement) as readonly Record<string, unknown>[];
    expect(statements.filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
      {
        Action: 'sns:Publish',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnLike: { 'aws:SourceArn': arn('events', 'rule/spillway-tell-*') },
        },
      },
    ]);
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
      { Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
  });

  test('come of the ends of rollouts and bursts, of approvals, warnings and findings', () => {
    const [topic] = ofType(controller, 'AWS::SNS::Topic').map(([id]) => id);
    const told = ofType(controller, 'AWS::Events::Rule')
      .filter(([, { Properties }]) => idOf(Properties.Targets[0].Arn) === topic)
      .map(([, { Properties }]) => Properties.Name);
    expect(told.sort()).toEqual([
      'spillway-tell-approval-requested',
      'spillway-tell-burst-ended',
      'spillway-tell-burst-warning',
      'spillway-tell-finding',
      'spillway-tell-rollout-ended',
    ]);
  });
});

describe('the life of a real account', () => {
  test('workload and controller share nothing but names, so that a service can be taken out again', () => {
    expect(JSON.stringify(controller)).not.toContain('Fn::ImportValue');
    const imports = [...JSON.stringify(workload).matchAll(/"Fn::ImportValue":"([^:]+):/g)].map(([, stack]) => stack);
    expect(new Set(imports)).toEqual(new Set(['SpillwayNetwork']));
  });

  test('a service that is taken out changes no other service', () => {
    const { 'web-ui': _, ...services } = configuration.services;
    const without = synthesized({ configuration: { ...configuration, services } }).workload.Resources;
    const changed = Object.entries(without).filter(
      ([id, resource]) => JSON.stringify(resource) !== JSON.stringify(workload.Resources[id]),
    );
    // The provisioner loses the right to the twin that is gone.
    expect(changed.map(([, resource]) => resource.Type)).toEqual(['AWS::IAM::Policy']);
  });

  test('IAM takes only Latin-1 in descriptions', () => {
    for (const [id, { Properties }] of ofType(everything, 'AWS::IAM::Role')) {
      // IAM API reference, CreateRole: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*
      expect(`${id} ${Properties.Description ?? ''}`).toMatch(/^[\t\n\r -~¡-ÿ]*$/);
    }
  });

  test('images and items do not pass the NAT gateway: S3 and DynamoDB have gateway endpoints on each private route', () => {
    const throughNat = ofType(network, 'AWS::EC2::Route')
      .filter(([, { Properties }]) => Properties.NatGatewayId)
      .map(([, { Properties }]) => idOf(Properties.RouteTableId));
    expect(throughNat).toHaveLength(2);
    const endpoints = ofType(network, 'AWS::EC2::VPCEndpoint').map(([, { Properties }]) => Properties);
    expect(endpoints.map(({ ServiceName }) => JSON.stringify(ServiceName)).sort()).toEqual([
      expect.stringContaining('.dynamodb"'),
      expect.stringContaining('.s3"'),
    ]);
    for (const { VpcEndpointType, RouteTableIds } of endpoints) {
      expect(VpcEndpointType).toBe('Gateway');
      expect(RouteTableIds.map(idOf)).toEqual(expect.arrayContaining(throughNat));
    }
  });

  test('installs beside an existing VPC and cluster, and makes neither', () => {
    const beside = synthesized({
      configuration: {
        ...configuration,
        existing: {
          vpcId: 'vpc-0a1b2c3d',
          availabilityZones: ['us-east-1a', 'us-east-1b'],
          publicSubnetIds: ['subnet-0000000a', 'subnet-0000000b'],
          privateSubnetIds: ['subnet-0000001a', 'subnet-0000001b'],
          clusterName: 'shared',
        },
      },
    });
    const types = new Set(Object.values(beside.network.Resources).map(({ Type }) => Type));
    expect(types).not.toContain('AWS::EC2::VPC');
    expect(types).not.toContain('AWS::ECS::Cluster');
    const twin = named(beside.workload, 'Custom::SpillwayTwin', 'ServiceName', 'web-ui-fargate').Properties;
    expect(twin.Cluster).toBe('shared');
    expect(twin.NetworkConfiguration.AwsvpcConfiguration.Subnets).toEqual(['subnet-0000001a', 'subnet-0000001b']);
    expect(JSON.stringify(rendered(beside.controller))).toContain(arn('ecs', 'service/shared/web-ui-fargate'));
    const [[, balancer] = ['', undefined]] = ofType(beside.workload, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer?.Properties.Subnets).toEqual(['subnet-0000000a', 'subnet-0000000b']);
  });

  test('only the load balancer reaches a task, and anybody reaches the load balancer', () => {
    const groups = ofType(network, 'AWS::EC2::SecurityGroup').map(([, { Properties }]) => Properties);
    expect(groups.flatMap(({ SecurityGroupIngress }) => SecurityGroupIngress ?? [])).toMatchObject([
      { CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 },
    ]);
    const [[, ingress] = ['', undefined], ...others] = ofType(network, 'AWS::EC2::SecurityGroupIngress');
    expect(others).toEqual([]);
    expect(ingress?.Properties).toMatchObject({ FromPort: 8080, ToPort: 8080 });
    expect(idOf(ingress?.Properties.SourceSecurityGroupId)).toMatch(/^BalancerSecurityGroup/);
  });
});

describe('other configurations', () => {
  const worker = { cpuUnits: 256, memoryMiB: 512, external: { baseTasks: 2 } };
  const page = { cpuUnits: 256, memoryMiB: 512, paths: ['/*'], port: 3000, fargate: { baseTasks: 1 } };

  test('a workload on premises alone has no load balancer, no burst and no Fargate twin', () => {
    const alone = synthesized({ configuration: { queues: {}, tables: [], services: { worker } } });
    expect(ofType(alone.workload, 'Custom::SpillwayTwin').map(([, { Properties }]) => Properties.LaunchType)).toEqual([
      'EXTERNAL',
    ]);
    expect(ofType(alone.workload, 'AWS::ElasticLoadBalancingV2::LoadBalancer')).toEqual([]);
    expect(ofType(alone.controller, 'AWS::Events::Rule')).toHaveLength(14);
  });

  test('a Spot share is a strategy of the Fargate twin alone, in the place of its launch type', () => {
    const processor = serviceOf('order-processor');
    const burst = { ...processor.burst, spotShare: 0.7, onDemandBase: 1 } as typeof processor.burst;
    const services = { ...configuration.services, 'order-processor': { ...processor, burst } };
    const shared = synthesized({ configuration: { ...configuration, services } });
    const twin = (capacity: string) =>
      named(shared.workload, 'Custom::SpillwayTwin', 'ServiceName', `order-processor-${capacity}`).Properties;
    expect(twin('fargate').CapacityProviderStrategy).toEqual([
      { CapacityProvider: 'FARGATE', Base: 1, Weight: 30 },
      { CapacityProvider: 'FARGATE_SPOT', Base: 0, Weight: 70 },
    ]);
    expect(twin('fargate')).not.toHaveProperty('LaunchType');
    expect(twin('external')).toMatchObject({ LaunchType: 'EXTERNAL' });
    expect(twin('external')).not.toHaveProperty('CapacityProviderStrategy');
    for (const { Properties } of twins) expect(Properties).not.toHaveProperty('CapacityProviderStrategy');
    // What runs where, and how much of it may, is asked of AWS then, and only then.
    const quotas = (of: typeof controller) => JSON.stringify(of.Resources).match(/L-[0-9A-F]{8}/g);
    expect(quotas(shared.controller)).toEqual(['L-3032A538', 'L-36FBB829']);
    expect(quotas(controller)).toEqual(['L-3032A538']);
  });

  test('the cluster offers both kinds of Fargate, and neither by default', () => {
    const [[, { Properties }] = ['', { Properties: {} }]] = ofType(
      network,
      'AWS::ECS::ClusterCapacityProviderAssociations',
    );
    expect(Properties).toMatchObject({
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      DefaultCapacityProviderStrategy: [],
    });
  });

  test('a workload in the cloud alone needs no role for machines, and opens the port of its tasks', () => {
    const alone = synthesized({ configuration: { queues: {}, tables: [], services: { page } } });
    expect(JSON.stringify(alone.network)).not.toContain('AmazonSSMManagedInstanceCore');
    const [[, ingress] = ['', undefined]] = ofType(alone.network, 'AWS::EC2::SecurityGroupIngress');
    expect(ingress?.Properties.ToPort).toBe(3000);
  });
});

describe('mistakes', () => {
  test('a wrong configuration names the field and what is accepted', () => {
    const services = {
      ...configuration.services,
      'web-ui': { ...serviceOf('web-ui'), memoryMiB: 600 },
    };
    const synthesize = () => synthesized({ configuration: { ...configuration, services } });
    expect(synthesize).toThrow(InvalidConfiguration);
    expect(synthesize).toThrow('services.web-ui.memoryMiB: Fargate accepts 512, 1024, 2048 with 256 CPU units');
  });

  test('an existing VPC with a subnet too few names the field', () => {
    const existing = {
      vpcId: 'vpc-0a1b2c3d',
      availabilityZones: ['us-east-1a', 'us-east-1b'],
      publicSubnetIds: ['subnet-0000000a'],
      privateSubnetIds: ['subnet-0000001a', 'subnet-0000001b'],
    };
    expect(() => synthesized({ configuration: { ...configuration, existing } })).toThrow(
      'existing.publicSubnetIds: has 1 subnets; it needs one for each of the 2 availabilityZones',
    );
  });

  test('a function that no state machine names any more stops the synthesis', () => {
    const read = (name: string) =>
      readFileSync(resolve(import.meta.dirname, `../../state-machines/${name}.asl.json`), 'utf8');
    const rollout = read('rollout').replaceAll(/ProveReleaseFunctionArn/g, 'MoveTwinFunctionArn');
    expect(() => synthesized({ workflowTexts: { rollout, burst: read('burst'), operate: read('operate') } })).toThrow(
      'No state machine invokes prove-release',
    );
  });
});
