import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  adoptedTwins,
  type Configuration,
  clusterNameOf,
  controllerTableName,
  deadLetterQueueName,
  loadReportsTableName,
  namedRepositories,
} from '../../functions/core/configuration.ts';
import { type Arns, registryHost, runsOnSpot, settingsPrefix, templatesPrefix } from '../names.ts';

/** What a function reads from its environment, besides what all have. */
export type FunctionVariable =
  | 'TABLE_NAME'
  | 'LOAD_REPORTS_TABLE_NAME'
  | 'CLUSTER_NAME'
  | 'SERVICES_PARAMETER_PREFIX'
  | 'TEMPLATES_PARAMETER_PREFIX'
  | 'SERVICE_NAMES'
  | 'ADOPTED_TWINS'
  | 'NAMED_REPOSITORIES'
  | 'REGISTRY'
  | 'ROLLOUT_STATE_MACHINE_ARN'
  | 'BURST_STATE_MACHINE_ARN';

export interface FunctionPlan {
  /** Folder in `functions/`, and the end of its name. */
  readonly folder: string;
  readonly purpose: string;
  /** Who invokes it. What a state machine invokes, one of their files must name. */
  readonly calledBy: 'CloudFormation' | 'rules' | 'state machines';
  readonly timeoutSeconds: number;
  readonly variables: readonly FunctionVariable[];
  /** All that its role allows, besides its log and its traces. */
  readonly grants: (grantable: Grantable) => readonly PolicyStatement[];
}

/** What grants are given on. */
export interface Grantable {
  readonly arns: Arns;
  readonly configuration: Configuration;
}

type Grant = (grantable: Grantable) => PolicyStatement;

const allow = (
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Record<string, Record<string, string>>,
): PolicyStatement => new PolicyStatement({ actions: [...actions], resources: [...resources], conditions });

const readSettings: Grant = ({ arns }) => allow(['ssm:GetParameter'], [arns.settings()]);
// Asked of the path that is listed.
const readAllSettings: Grant = ({ arns }) => allow(['ssm:GetParametersByPath'], [arns.settingsPath()]);

const readTemplates: Grant = ({ arns }) => allow(['ssm:GetParameter'], arns.currentTemplates());

const readImages: Grant = ({ arns }) => allow(['ecr:BatchGetImage'], arns.repositories());

const readScans: Grant = ({ arns }) => allow(['ecr:DescribeImageScanFindings'], arns.repositories());

const table =
  (...actions: readonly ('GetItem' | 'UpdateItem' | 'DeleteItem' | 'Query')[]): Grant =>
  ({ arns }) =>
    allow(
      actions.map((action) => `dynamodb:${action}`),
      [arns.table(controllerTableName)],
    );

const twins =
  (...actions: readonly ('DescribeServices' | 'UpdateService')[]): Grant =>
  ({ arns }) =>
    allow(
      actions.map((action) => `ecs:${action}`),
      arns.twins(),
    );

// Asked of who registers a task definition, and again of who names one to CreateService or UpdateService:
// https://github.com/keidarcy/e1s/issues/429.
const passRoles = (roles: readonly string[]): PolicyStatement =>
  allow(['iam:PassRole'], roles, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
const passRolesOfTasks: Grant = ({ arns }) => passRoles(arns.passableRoles());

/**
 * The tags of an adopted task definition go on with its releases. Which revision is tagged nobody knows before it is
 * registered, and nothing but a registration may be.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
 */
const tagRegistrations: Grant = ({ configuration }) =>
  allow(['ecs:TagResource'], Object.keys(adoptedTwins(configuration.services)).length > 0 ? ['*'] : [], {
    StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' },
  });

// ListTasks names no task, so its only bound is the cluster that it lists.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
const listTasks: Grant = ({ arns }) =>
  allow(['ecs:ListTasks'], ['*'], { ArnEquals: { 'ecs:cluster': arns.cluster() } });

const readMachines = [
  ({ arns }) => allow(['ecs:ListContainerInstances'], [arns.cluster()]),
  ({ arns }) => allow(['ecs:DescribeContainerInstances'], [arns.containerInstances()]),
] as const satisfies readonly Grant[];

const readFargateQuota: Grant = ({ arns }) => allow(['servicequotas:GetServiceQuota'], arns.fargateVcpuQuotas());

// DescribeSubnets names no subnet.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
const readSubnets: Grant = () => allow(['ec2:DescribeSubnets'], ['*']);

const describeTasks: Grant = ({ arns }) => allow(['ecs:DescribeTasks'], [arns.tasks()]);

/** Which tasks run on Spot, and which AWS took back, only the tasks themselves tell. */
const readSpotTasks = (grantable: Grantable): readonly PolicyStatement[] =>
  runsOnSpot(grantable.configuration) ? [listTasks(grantable), describeTasks(grantable)] : [];

/** A probe is a task of a revision that this very rollout registered. */
const runProbes: Grant = ({ arns }) =>
  allow(['ecs:RunTask'], arns.taskDefinitions(), { ArnEquals: { 'ecs:cluster': arns.cluster() } });

const stopTasks: Grant = ({ arns }) => allow(['ecs:StopTask'], [arns.tasks()]);

// DescribeAlarms is asked of all alarms, also when it names some: IAM checks it on `alarm:*`.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
const readAlarms: Grant = ({ arns, configuration }) =>
  allow(
    ['cloudwatch:DescribeAlarms'],
    Object.values(configuration.services).some(({ rollout }) => rollout.alarms.length > 0) ? [arns.alarm('*')] : [],
  );

const readDeadLetters: Grant = ({ arns, configuration }) =>
  allow(
    ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
    [
      ...new Set(
        Object.values(configuration.services).flatMap((service) => [
          ...service.receivesFrom,
          ...service.receivesFromOnPremises,
        ]),
      ),
    ].map((queue) => arns.queue(deadLetterQueueName(queue))),
  );

const startRollouts: Grant = ({ arns }) => allow(['states:StartExecution'], [arns.stateMachine('rollout')]);

const startBursts: Grant = ({ arns }) => allow(['states:StartExecution'], [arns.stateMachine('burst')]);

const describeExecutions =
  (workflow: 'rollout' | 'burst'): Grant =>
  ({ arns }) =>
    allow(['states:DescribeExecution'], [arns.executions(workflow)]);

// The service authorization reference names no resource for these, but AWS checks the state machine that gave the token
// out, for a function's token: https://github.com/aws/aws-cdk/pull/8486. The CDK grants it the same way.
const answerTasks: Grant = ({ arns }) => allow(['states:SendTaskSuccess'], [arns.stateMachine('rollout')]);

const putEvents: Grant = ({ arns }) => allow(['events:PutEvents'], [arns.eventBus()]);

const all =
  (...grants: readonly (Grant | ((grantable: Grantable) => readonly PolicyStatement[]))[]) =>
  (grantable: Grantable): readonly PolicyStatement[] =>
    // A configuration without bursts, say, leaves a statement with nothing to be about, which IAM refuses.
    grants.flatMap((grant) => grant(grantable)).filter((statement) => statement.resources.length > 0);

/** What the task definitions of the configuration name outside of ECS: looked at, never read. */
const describeReferenced = [
  ({ arns }) => allow(['iam:GetRole'], arns.passableRoles()),
  ({ arns }) => allow(['secretsmanager:DescribeSecret'], arns.secrets()),
  // Neither names what it lists in IAM; parameters are described without their values.
  () => allow(['ssm:DescribeParameters'], ['*']),
  ({ arns }) => allow(['logs:DescribeLogGroups'], [arns.logGroups()]),
] as const satisfies readonly Grant[];

/** A wait for a scan has two ends, like that for a twin. */
const watchScans = all(readScans, answerTasks);

const pipelinesOf = (configuration: Configuration) =>
  Object.values(configuration.services).flatMap(({ rollout: { pipeline } }) => (pipeline ? [pipeline] : []));

const readPipelineRuns: Grant = ({ arns, configuration }) =>
  allow(
    ['codepipeline:GetPipelineExecution'],
    pipelinesOf(configuration).map(({ name }) => arns.pipeline(name)),
  );

const holdStages: Grant = ({ arns, configuration }) =>
  allow(
    ['codepipeline:DisableStageTransition', 'codepipeline:EnableStageTransition'],
    pipelinesOf(configuration).map(({ name, stage }) => arns.pipeline(name, stage)),
  );

/** Why a stage is held, and what waits for an approval. */
const readPipelineStates: Grant = ({ arns, configuration }) =>
  allow(
    ['codepipeline:GetPipelineState'],
    pipelinesOf(configuration).map(({ name }) => arns.pipeline(name)),
  );

const answerApprovals: Grant = ({ arns, configuration }) =>
  allow(
    ['codepipeline:PutApprovalResult'],
    pipelinesOf(configuration).flatMap(({ name, approval }) =>
      approval ? [arns.pipeline(name, approval.stage, approval.action)] : [],
    ),
  );

/** A wait for a twin has two ends, the one that starts it and the one that sees events; they do the same. */
const watchTwins = all(
  twins('DescribeServices'),
  listTasks,
  describeTasks,
  table('GetItem', 'UpdateItem', 'DeleteItem', 'Query'),
  answerTasks,
  ...readMachines,
);

/** Makes, changes and deletes the twins for CloudFormation; part of the workload stack, which it serves. */
export const provisionTwin: FunctionPlan = {
  folder: 'provision-twin',
  purpose: 'Makes, changes and deletes twins for CloudFormation',
  calledBy: 'CloudFormation',
  timeoutSeconds: 60,
  variables: [],
  // Never on one that is adopted.
  grants: all(
    ({ arns }) =>
      allow(['ecs:CreateService', 'ecs:UpdateService', 'ecs:DeleteService', 'ecs:DescribeServices'], arns.madeTwins()),
    ({ arns }) => passRoles(arns.madeRoles()),
  ),
};

/** The functions of the controller. */
export const controllerFunctions: readonly FunctionPlan[] = [
  {
    folder: 'start-rollout',
    purpose: 'Starts a rollout for a pushed image',
    calledBy: 'rules',
    timeoutSeconds: 30,
    variables: ['SERVICES_PARAMETER_PREFIX', 'NAMED_REPOSITORIES', 'ROLLOUT_STATE_MACHINE_ARN'],
    grants: all(readSettings, startRollouts),
  },
  {
    folder: 'admit-rollout',
    purpose: 'Validates a start and resolves its image to a digest',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX', 'REGISTRY'],
    grants: all(readSettings, readImages, readPipelineRuns, table('GetItem')),
  },
  {
    folder: 'await-scan',
    purpose: "Begins a start's wait for the scan of its image",
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME'],
    grants: all(watchScans, table('GetItem', 'UpdateItem', 'DeleteItem', 'Query')),
  },
  {
    folder: 'observe-scan',
    purpose: 'Ends waits for a scan when an event of ECR or Amazon Inspector says that it ended',
    calledBy: 'rules',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'NAMED_REPOSITORIES'],
    grants: all(watchScans, table('GetItem', 'DeleteItem', 'Query')),
  },
  {
    folder: 'await-approval',
    purpose: "Begins a start's wait for somebody's approval",
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME'],
    grants: all(table('GetItem', 'UpdateItem', 'DeleteItem', 'Query'), answerTasks, putEvents),
  },
  {
    folder: 'take-lease',
    purpose: 'Gives a start the lease of its service',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'CLUSTER_NAME', 'TEMPLATES_PARAMETER_PREFIX'],
    grants: all(
      readTemplates,
      table('GetItem', 'UpdateItem', 'DeleteItem', 'Query'),
      twins('DescribeServices'),
      describeExecutions('rollout'),
      putEvents,
    ),
  },
  {
    folder: 'await-turn',
    purpose: "Begins a start's wait for the lease",
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME'],
    grants: all(table('GetItem', 'UpdateItem', 'DeleteItem'), answerTasks),
  },
  {
    folder: 'register-release',
    purpose: 'Registers the task definitions of a release',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'CLUSTER_NAME', 'TEMPLATES_PARAMETER_PREFIX', 'REGISTRY'],
    grants: all(
      twins('DescribeServices'),
      readTemplates,
      // Neither action has a resource in IAM.
      () => allow(['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'], ['*']),
      tagRegistrations,
      passRolesOfTasks,
      table('GetItem', 'UpdateItem', 'Query'),
      ...readMachines,
      readAlarms,
      readDeadLetters,
    ),
  },
  {
    folder: 'move-twin',
    purpose: 'The only one that moves a running twin',
    calledBy: 'state machines',
    timeoutSeconds: 15,
    variables: ['TABLE_NAME', 'CLUSTER_NAME'],
    grants: all(
      twins('UpdateService', 'DescribeServices'),
      passRolesOfTasks,
      table('GetItem', 'UpdateItem', 'Query'),
      describeExecutions('rollout'),
    ),
  },
  {
    folder: 'await-twin',
    purpose: "Begins the wait for the end of a twin's deployment",
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'CLUSTER_NAME'],
    grants: (grantable) => [...watchTwins(grantable), describeExecutions('rollout')(grantable)],
  },
  {
    folder: 'observe-twin',
    purpose: "Ends the wait for a twin's deployment when an event of ECS says so",
    calledBy: 'rules',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'CLUSTER_NAME', 'ADOPTED_TWINS'],
    grants: watchTwins,
  },
  {
    folder: 'prove-release',
    purpose: 'Compares what runs with what was released',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'CLUSTER_NAME'],
    grants: all(
      twins('DescribeServices'),
      listTasks,
      describeTasks,
      table('GetItem', 'UpdateItem', 'Query'),
      readAlarms,
      readDeadLetters,
    ),
  },
  {
    folder: 'probe-twin',
    purpose: 'Proves a release on a twin at count 0 by one task that does no work',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'CLUSTER_NAME'],
    grants: all(
      runProbes,
      passRolesOfTasks,
      listTasks,
      describeTasks,
      stopTasks,
      table('GetItem', 'UpdateItem', 'DeleteItem', 'Query'),
      answerTasks,
      describeExecutions('rollout'),
    ),
  },
  {
    folder: 'guard-executions',
    purpose: 'Ends what stopped executions left behind, and tells of their ends',
    calledBy: 'rules',
    timeoutSeconds: 60,
    variables: ['TABLE_NAME', 'SERVICE_NAMES', 'ROLLOUT_STATE_MACHINE_ARN', 'BURST_STATE_MACHINE_ARN'],
    grants: all(
      table('GetItem', 'UpdateItem', 'DeleteItem', 'Query'),
      describeExecutions('rollout'),
      describeExecutions('burst'),
      // One statement: the CDK would put the first half together with the next one.
      ({ arns }) => allow(['states:StartExecution'], [arns.stateMachine('rollout'), arns.stateMachine('burst')]),
      ({ arns }) => allow(['states:ListExecutions'], [arns.stateMachine('rollout')]),
      answerTasks,
      putEvents,
    ),
  },
  {
    folder: 'reconcile-services',
    purpose: 'Finds lost pushes, newer templates and twins that drifted; reports before it repairs',
    calledBy: 'rules',
    timeoutSeconds: 120,
    variables: [
      'TABLE_NAME',
      'CLUSTER_NAME',
      'SERVICE_NAMES',
      'SERVICES_PARAMETER_PREFIX',
      'TEMPLATES_PARAMETER_PREFIX',
      'ROLLOUT_STATE_MACHINE_ARN',
    ],
    grants: all(
      readSettings,
      readTemplates,
      ({ arns }) => allow(['ecr:DescribeImages'], arns.repositories()),
      twins('DescribeServices'),
      ...readMachines,
      listTasks,
      describeTasks,
      stopTasks,
      table('GetItem', 'UpdateItem', 'Query'),
      describeExecutions('rollout'),
      startRollouts,
      putEvents,
    ),
  },
  {
    folder: 'retire-revisions',
    purpose: 'Deregisters the oldest task definitions of twins when a rollout has completed',
    calledBy: 'rules',
    timeoutSeconds: 60,
    variables: ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX'],
    grants: all(
      readSettings,
      table('GetItem'),
      // Neither action has a resource in IAM.
      () => allow(['ecs:ListTaskDefinitions', 'ecs:DeregisterTaskDefinition'], ['*']),
    ),
  },
  {
    folder: 'keep-image',
    purpose: 'Tags a proved image, so that no lifecycle rule takes it away',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: [],
    grants: all(({ arns }) => allow(['ecr:BatchGetImage', 'ecr:PutImage'], arns.repositories())),
  },
  {
    folder: 'close-rollout',
    purpose: 'Writes the verdict, gives the lease back, calls who waits for it and tells the bus',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'CLUSTER_NAME'],
    grants: all(table('GetItem', 'UpdateItem', 'Query'), twins('DescribeServices'), answerTasks, putEvents),
  },
  {
    folder: 'plan-rollout',
    purpose: 'Says what a rollout would do and meet; may read, and write nothing',
    calledBy: 'state machines',
    timeoutSeconds: 60,
    variables: ['TABLE_NAME', 'CLUSTER_NAME', 'SERVICES_PARAMETER_PREFIX', 'TEMPLATES_PARAMETER_PREFIX', 'REGISTRY'],
    grants: all(
      readSettings,
      ({ arns }) => allow(['ssm:GetParameter'], arns.currentTemplates()),
      readImages,
      readScans,
      twins('DescribeServices'),
      () => allow(['ecs:DescribeTaskDefinition'], ['*']),
      ...readMachines,
      ...describeReferenced,
      table('GetItem', 'Query'),
    ),
  },
  {
    folder: 'start-burst',
    purpose: 'Starts a burst when tasks see a late queue, or when a machine is lost',
    calledBy: 'rules',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX', 'BURST_STATE_MACHINE_ARN'],
    grants: all(
      readSettings,
      table('GetItem', 'UpdateItem', 'Query'),
      startBursts,
      describeExecutions('burst'),
      putEvents,
    ),
  },
  {
    folder: 'admit-burst',
    purpose: 'Lets one burst of a service run at a time',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX'],
    grants: all(readSettings, table('GetItem', 'UpdateItem', 'Query'), describeExecutions('burst')),
  },
  {
    folder: 'decide-burst',
    purpose: 'Looks at the queue and the capacities and says how many tasks each twin needs',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'LOAD_REPORTS_TABLE_NAME', 'CLUSTER_NAME', 'SERVICE_NAMES', 'SERVICES_PARAMETER_PREFIX'],
    grants: all(
      readSettings,
      ({ arns, configuration }) =>
        allow(
          ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
          burstQueues(configuration)
            .flatMap((queue) => [queue, deadLetterQueueName(queue)])
            .map((queue) => arns.queue(queue)),
        ),
      ({ arns }) => allow(['dynamodb:Query'], [arns.table(loadReportsTableName)]),
      twins('DescribeServices'),
      ...readMachines,
      readFargateQuota,
      readSpotTasks,
      readSubnets,
      table('GetItem', 'UpdateItem'),
    ),
  },
  {
    folder: 'close-burst',
    purpose: 'Writes how a burst ended, gives the lease back and tells the bus',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME'],
    grants: all(table('GetItem', 'UpdateItem', 'Query'), putEvents),
  },
  {
    folder: 'admit-operation',
    purpose: 'Checks what an operator asks for',
    calledBy: 'state machines',
    timeoutSeconds: 30,
    variables: ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX', 'REGISTRY'],
    grants: all(
      readSettings,
      readAllSettings,
      readImages,
      table('GetItem', 'UpdateItem', 'DeleteItem', 'Query'),
      answerTasks,
      holdStages,
      readPipelineStates,
      answerApprovals,
    ),
  },
];

/** Queues whose depth a burst looks at. */
const burstQueues = (configuration: Configuration): readonly string[] => [
  ...new Set(Object.values(configuration.services).flatMap(({ burst }) => (burst ? [burst.queue] : []))),
];

/** Values of the variables above. */
export const variableValues = ({ arns, configuration }: Grantable): Readonly<Record<FunctionVariable, string>> => ({
  TABLE_NAME: controllerTableName,
  LOAD_REPORTS_TABLE_NAME: loadReportsTableName,
  CLUSTER_NAME: clusterNameOf(configuration),
  SERVICES_PARAMETER_PREFIX: settingsPrefix,
  TEMPLATES_PARAMETER_PREFIX: templatesPrefix,
  SERVICE_NAMES: Object.keys(configuration.services).join(','),
  ADOPTED_TWINS: JSON.stringify(adoptedTwins(configuration.services)),
  NAMED_REPOSITORIES: JSON.stringify(namedRepositories(configuration.services)),
  REGISTRY: registryHost,
  ROLLOUT_STATE_MACHINE_ARN: arns.stateMachine('rollout'),
  BURST_STATE_MACHINE_ARN: arns.stateMachine('burst'),
});
