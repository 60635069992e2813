import { type Configuration, clusterNameOf, outlastsStop } from '../functions/core/configuration.ts';
import { controllerFunctions } from './controller/function-catalogue.ts';
import { functionName, madeTwinsOf, twinsOf, workflows } from './names.ts';

/**
 * Findings of cdk-nag that stand, each with the reason. `at` matches the path of the finding's resource; a test sees to
 * it that every entry answers a finding, so that none outlives its cause.
 */
export interface Acknowledgement {
  readonly at: RegExp;
  readonly id: string;
  readonly reason: string;
}

const account = '<AWS::Region>:<AWS::AccountId>';
const wildcard = (resource: string): string => `AwsSolutions-IAM5[Resource::${resource}]`;
const managedPolicy = (name: string): string =>
  `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`;
const roleOf = (...folders: readonly string[]): RegExp =>
  new RegExp(`^Spillway(Controller|Workload)/(${folders.join('|')})/Role/DefaultPolicy/Resource$`);

const tracing = "X-Ray's PutTraceSegments and PutTelemetryRecords have no resource in IAM.";

export const acknowledgementsFor = (configuration: Configuration): readonly Acknowledgement[] => [
  {
    at: /^SpillwayNetwork\/BalancerSecurityGroup\/Resource$/,
    id: 'AwsSolutions-EC23',
    reason:
      'The storefront is public, on port 80 alone. The tasks behind it take connections from the load balancer only.',
  },
  ...['AmazonSSMManagedInstanceCore', 'service-role/AmazonEC2ContainerServiceforEC2Role'].map((name) => ({
    at: /^SpillwayNetwork\/ExternalInstances\/Role\/Resource$/,
    id: managedPolicy(name),
    reason:
      'The agents of AWS on machines outside of it need what AWS keeps in this policy, release for release; ECS Anywhere names exactly these two (developer guide, ecs-anywhere-iam). Task containers do not see this role.',
  })),
  {
    at: /^SpillwayWorkload\/FrontDoor\/Balancer\/Resource$/,
    id: 'AwsSolutions-ELB2',
    reason:
      'Each request is in the structured log of the service that answers it. An access log would keep the addresses of customers in one more place, with a retention of its own to look after.',
  },
  {
    at: /^SpillwayWorkload\/[^/]+\/(external|fargate)-template\/TaskDefinition$/,
    id: 'AwsSolutions-ECS2',
    reason:
      'Names and addresses of queues and tables, and figures of the configuration, none of them secret. What is secret comes through `secrets`, from Secrets Manager or Parameter Store.',
  },
  {
    at: /^SpillwayWorkload\/[^/]+\/Execution\/Role\/Resource$/,
    id: wildcard('*'),
    reason:
      'ecr:GetAuthorizationToken has no resource in IAM. What can be pulled with the token is named by the next statement: the one repository of the service.',
  },
  {
    at: roleOf(
      'provision-twin',
      'start-rollout',
      'admit-rollout',
      'take-lease',
      'await-turn',
      'await-scan',
      'observe-scan',
      'await-approval',
      'move-twin',
      'keep-image',
      'guard-executions',
      'close-rollout',
      'start-burst',
      'admit-burst',
      'close-burst',
      'admit-operation',
    ),
    id: wildcard('*'),
    reason: tracing,
  },
  {
    at: roleOf('decide-burst'),
    id: wildcard('*'),
    reason: `${tracing} ec2:DescribeSubnets has none either; it tells how many addresses are free. ecs:ListTasks names no task; it is bound to the cluster by its condition.`,
  },
  {
    at: roleOf('await-twin', 'observe-twin', 'prove-release', 'probe-twin', 'reconcile-services'),
    id: wildcard('*'),
    reason: `${tracing} ecs:ListTasks names no task; it is bound to the cluster by its condition.`,
  },
  {
    at: roleOf('retire-revisions'),
    id: wildcard('*'),
    reason: `${tracing} ecs:ListTaskDefinitions and ecs:DeregisterTaskDefinition have none either; what is deregistered can be read again, and what runs on it stays.`,
  },
  {
    at: roleOf('register-release'),
    id: wildcard('*'),
    reason: `${tracing} ecs:RegisterTaskDefinition and ecs:DescribeTaskDefinition have none either; which roles a task definition may carry is bound by iam:PassRole, role by role.`,
  },
  {
    at: roleOf('plan-rollout'),
    id: wildcard('*'),
    reason: `${tracing} ecs:DescribeTaskDefinition and ssm:DescribeParameters have none either; the role can write nothing.`,
  },
  {
    at: roleOf('plan-rollout'),
    id: wildcard(`arn:<AWS::Partition>:logs:${account}:log-group:*`),
    reason: 'logs:DescribeLogGroups lists groups and is asked of the list; what the groups hold is not read.',
  },
  {
    at: roleOf(...workflows),
    id: wildcard('*'),
    reason:
      "X-Ray's actions have no resource in IAM: PutTraceSegments, PutTelemetryRecords, GetSamplingRules and GetSamplingTargets.",
  },
  ...controllerFunctions
    .filter((plan) => plan.calledBy === 'state machines')
    .map(({ folder }) => ({
      at: roleOf(...workflows),
      id: wildcard(`arn:<AWS::Partition>:lambda:${account}:function:${functionName(folder)}:*`),
      reason:
        'All versions of this one function: an execution that began before an update of the controller ends with the versions it began with.',
    })),
  {
    at: roleOf(
      'start-rollout',
      'retire-revisions',
      'admit-rollout',
      'start-burst',
      'admit-burst',
      'decide-burst',
      'admit-operation',
      'plan-rollout',
      'reconcile-services',
    ),
    id: wildcard(`arn:<AWS::Partition>:ssm:${account}:parameter/spillway/services/*`),
    reason:
      'The name of the service comes with the request. A name that does not exist must be answered as unknown, and with a grant for each service it would be answered as denied. Only Spillway writes below this path, and nothing secret.',
  },
  ...(['rollout', 'burst'] as const).map((workflow) => ({
    at:
      workflow === 'rollout'
        ? roleOf(
            'take-lease',
            'await-twin',
            'probe-twin',
            'move-twin',
            'guard-executions',
            'reconcile-services',
            'operate',
          )
        : roleOf('start-burst', 'admit-burst', 'guard-executions', 'operate'),
    id: wildcard(`arn:<AWS::Partition>:states:${account}:execution:spillway-${workflow}:*`),
    reason: 'Executions are named when they start; the wildcard covers those of this one state machine.',
  })),
  ...(Object.values(configuration.services).some(({ rollout }) => rollout.alarms.length > 0)
    ? [
        {
          at: roleOf('register-release', 'prove-release'),
          id: wildcard(`arn:<AWS::Partition>:cloudwatch:${account}:alarm:*`),
          reason: 'cloudwatch:DescribeAlarms is checked on all alarms, also when a call names one.',
        },
      ]
    : []),
  {
    at: roleOf('await-twin', 'observe-twin', 'prove-release', 'probe-twin', 'reconcile-services', 'decide-burst'),
    id: wildcard(`arn:<AWS::Partition>:ecs:${account}:task/${clusterNameOf(configuration)}/*`),
    reason: 'ECS gives a task its id when it starts; the wildcard covers the tasks of this one cluster.',
  },
  ...madeTwinsOf(configuration)
    .filter(({ settings }) => outlastsStop(settings))
    .map(({ service, capacity }) => ({
      at: new RegExp(`^SpillwayWorkload/${service}/${capacity}-task/Role/Resource$`),
      id: wildcard(`arn:<AWS::Partition>:ecs:${account}:task/${clusterNameOf(configuration)}/*`),
      reason:
        'A task spares itself from a scale-in by its id, which ECS gives it when it starts; the wildcard covers the tasks of this one cluster.',
    })),
  ...twinsOf(configuration).map(({ family }) => ({
    at: roleOf('probe-twin'),
    id: wildcard(`arn:<AWS::Partition>:ecs:${account}:task-definition/${family}:*`),
    reason: 'Every release is a revision of its own; the wildcard covers those of this one twin.',
  })),
  {
    at: /^SpillwayWorkload\/LoadReports\/Table\/Resource$/,
    id: 'AwsSolutions-DDB3',
    reason: 'What a task reported of its load is worth nothing after ten minutes, so there is nothing to go back to.',
  },
  {
    at: roleOf('register-release', 'plan-rollout', 'decide-burst', 'reconcile-services', 'await-twin', 'observe-twin'),
    id: wildcard(`arn:<AWS::Partition>:ecs:${account}:container-instance/${clusterNameOf(configuration)}/*`),
    reason: 'ECS gives a machine its id when it registers; the wildcard covers the machines of this one cluster.',
  },
  {
    at: /^SpillwayController\/(rollout|burst|operate)\/StateMachine\/Resource$/,
    id: 'AwsSolutions-SF1',
    reason:
      'Standard executions keep every input and output of every state for 90 days. A log of all of it would carry task tokens, with which anybody who reads logs could end a wait.',
  },
  {
    at: /^SpillwayController\/Undelivered\/Queue\/Resource$/,
    id: 'AwsSolutions-SQS3',
    reason: 'It is itself the dead-letter queue, of the rules; the check knows only those of queues.',
  },
];
