import type { BatchGetImageResponse } from '@aws-sdk/client-ecr';
import { loneService } from '../../simulator/cloud/lone-service.ts';
import { CodePipelineService } from '../../simulator/codepipeline/codepipeline-service.ts';
import { EcrService } from '../../simulator/ecr/ecr-service.ts';
import { ecsWorld, networkConfiguration } from '../../simulator/ecs/ecs-world.ts';

export interface SampleAnswer {
  readonly service: string;
  readonly op: string;
  readonly answer: unknown;
}

/** What the simulated services answer in a small world. */
export const sampleAnswers = async (): Promise<readonly SampleAnswer[]> => {
  const answers: SampleAnswer[] = [];
  await askEcs((op, answer) => answers.push({ service: 'ecs', op, answer }));
  await askEcr((op, answer) => answers.push({ service: 'ecr', op, answer }));
  await askCodePipeline((op, answer) => answers.push({ service: 'codepipeline', op, answer }));
  return answers;
};

type Take = (op: string, answer: unknown) => void;

const tags = [{ key: 'team', value: 'shop' }];
const account = '123456789012';

/** What belongs to an account, or names its cluster in another way. */
const ofNoCluster = new Set([
  'CreateCluster',
  'DeregisterTaskDefinition',
  'DescribeClusters',
  'DescribeTaskDefinition',
  'ListClusters',
  'ListTagsForResource',
  'ListTaskDefinitionFamilies',
  'ListTaskDefinitions',
  'RegisterTaskDefinition',
]);

const askEcs = async (take: Take): Promise<void> => {
  const world = await ecsWorld();
  const ask = async <Answer = Record<string, unknown>>(op: string, input: object = {}): Promise<Answer> => {
    const answer = await world.call<Answer>(op, ofNoCluster.has(op) ? input : { cluster: 'spillway', ...input });
    take(op, answer);
    return answer;
  };
  await ask('CreateCluster', {
    clusterName: 'spillway',
    settings: [{ name: 'containerInsights', value: 'enabled' }],
    tags,
  });
  world.ecs.registerExternalInstance({
    cluster: 'spillway',
    managedInstanceId: 'mi-1',
    cpuUnits: 4096,
    memoryMiB: 8192,
  });
  const container = {
    name: 'main',
    image: world.push('web', 'v1'),
    cpu: 128,
    memory: 256,
    memoryReservation: 128,
    essential: true,
    command: ['node'],
    entryPoint: ['/entry'],
    environment: [{ name: 'STAGE', value: 'test' }],
    secrets: [{ name: 'KEY', valueFrom: `arn:aws:ssm:us-east-1:${account}:parameter/key` }],
    portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' },
    },
    healthCheck: { command: ['CMD', 'true'], interval: 5, timeout: 2, retries: 2 },
    dockerLabels: { role: 'web' },
  };
  const roles = {
    executionRoleArn: `arn:aws:iam::${account}:role/execution`,
    taskRoleArn: `arn:aws:iam::${account}:role/task`,
  };
  await ask('RegisterTaskDefinition', {
    family: 'web',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    ...roles,
    containerDefinitions: [container],
    tags,
  });
  await ask('RegisterTaskDefinition', {
    family: 'worker',
    requiresCompatibilities: ['EXTERNAL'],
    networkMode: 'bridge',
    ...roles,
    containerDefinitions: [{ ...container, secrets: undefined, portMappings: [] }],
  });
  await ask('CreateService', {
    serviceName: 'web',
    taskDefinition: 'web',
    launchType: 'FARGATE',
    desiredCount: 1,
    networkConfiguration,
    loadBalancers: [
      {
        targetGroupArn: `arn:aws:elasticloadbalancing:us-east-1:${account}:targetgroup/web/1`,
        containerName: 'main',
        containerPort: 8080,
      },
    ],
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    healthCheckGracePeriodSeconds: 30,
    propagateTags: 'SERVICE',
    tags,
  });
  await ask('CreateService', {
    serviceName: 'worker',
    taskDefinition: 'worker',
    launchType: 'EXTERNAL',
    desiredCount: 1,
    placementStrategy: [{ type: 'spread', field: 'instanceId' }],
  });
  await world.until(120);
  const services = ['web', 'worker', 'nobody'];
  await ask('DescribeServices', { services, include: ['TAGS'] });
  await ask('UpdateService', { service: 'web', desiredCount: 2 });
  await ask('DescribeClusters', { clusters: ['spillway', 'gone'], include: ['TAGS', 'SETTINGS', 'STATISTICS'] });
  await ask('ListClusters');
  await ask('ListServices');
  await ask('ListTaskDefinitions');
  await ask('ListTaskDefinitionFamilies');
  await ask('DescribeTaskDefinition', { taskDefinition: 'web', include: ['TAGS'] });
  await ask('ListTagsForResource', { resourceArn: `arn:aws:ecs:us-east-1:${account}:service/spillway/web` });
  const { taskArns = [] } = await ask<{ taskArns?: string[] }>('ListTasks');
  await ask('DescribeTasks', { tasks: taskArns, include: ['TAGS'] });
  for (const task of taskArns) await ask('StopTask', { task, reason: 'to see a stopping task' });
  const { containerInstanceArns = [] } = await ask<{ containerInstanceArns?: string[] }>('ListContainerInstances');
  await ask('DescribeContainerInstances', { containerInstances: containerInstanceArns });
  await ask('RunTask', { taskDefinition: 'web', launchType: 'FARGATE', networkConfiguration });
  await world.until(180);
  await ask('DeregisterTaskDefinition', { taskDefinition: 'worker:1' });
  await ask('DeleteService', { service: 'worker', force: true });
};

const askEcr = async (take: Take): Promise<void> => {
  const world = loneService((ctx) => new EcrService(ctx));
  const ask = async (op: string, input: object = {}): Promise<void> => {
    take(op, await world.call(op, input));
  };
  const web = { repositoryName: 'web' };
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  const lifecyclePolicyText = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 5 },
        action: { type: 'expire' },
      },
    ],
  });
  await ask('CreateRepository', {
    ...web,
    imageScanningConfiguration: { scanOnPush: true },
    tags: [{ Key: 'a', Value: 'b' }],
  });
  const Labels = { 'simulator.scan-findings': 'CRITICAL=1' };
  world.service.store({ repository: 'web', tags: ['v1'], config: { Labels }, layers: [] });
  const { images = [] } = await world.call<BatchGetImageResponse>('BatchGetImage', {
    ...web,
    imageIds: [{ imageTag: 'v1' }],
  });
  await ask('PutImage', { ...web, imageManifest: images[0]?.imageManifest, imageTag: 'keep' });
  await world.pass(60_000);
  await ask('DescribeRepositories');
  await ask('DescribeImageScanFindings', { ...web, imageId: { imageTag: 'v1' } });
  await ask('GetRegistryScanningConfiguration');
  await ask('BatchGetRepositoryScanningConfiguration', { repositoryNames: ['web', 'gone'] });
  await ask('DescribeImages', web);
  await ask('ListImages', web);
  await ask('BatchGetImage', { ...web, imageIds: [{ imageTag: 'v1' }, { imageTag: 'gone' }] });
  await ask('GetAuthorizationToken');
  await ask('PutLifecyclePolicy', { ...web, lifecyclePolicyText });
  await ask('GetLifecyclePolicy', web);
  await ask('DeleteLifecyclePolicy', web);
  await ask('SetRepositoryPolicy', { ...web, policyText });
  await ask('GetRepositoryPolicy', web);
  await ask('DeleteRepositoryPolicy', web);
  await ask('PutImageScanningConfiguration', { ...web, imageScanningConfiguration: { scanOnPush: false } });
  await ask('PutImageTagMutability', { ...web, imageTagMutability: 'IMMUTABLE' });
  await ask('ListTagsForResource', { resourceArn: `arn:aws:ecr:us-east-1:${account}:repository/web` });
  await ask('TagResource', {
    resourceArn: `arn:aws:ecr:us-east-1:${account}:repository/web`,
    tags: [{ Key: 'c', Value: 'd' }],
  });
  await ask('UntagResource', { resourceArn: `arn:aws:ecr:us-east-1:${account}:repository/web`, tagKeys: ['c'] });
  await world.pass(86_400_000);
  await ask('StartImageScan', { ...web, imageId: { imageTag: 'v1' } });
  await ask('BatchDeleteImage', { ...web, imageIds: [{ imageTag: 'v1' }, { imageTag: 'keep' }] });
  await ask('DeleteRepository', web);
};

const askCodePipeline = async (take: Take): Promise<void> => {
  const world = loneService((ctx) => new CodePipelineService(ctx));
  const ask = async (op: string, input: object = {}): Promise<void> => {
    take(op, await world.call(op, input));
  };
  const type = { owner: 'AWS', version: '1' };
  await ask('CreatePipeline', {
    pipeline: {
      name: 'web',
      roleArn: `arn:aws:iam::${account}:role/pipeline`,
      artifactStore: { type: 'S3', location: 'artifacts' },
      stages: [
        {
          name: 'Source',
          actions: [
            {
              name: 'Code',
              actionTypeId: { ...type, category: 'Source', provider: 'S3' },
              configuration: { S3Bucket: 'code', S3ObjectKey: 'web.zip' },
              outputArtifacts: [{ name: 'Code' }],
              region: 'us-east-1',
              namespace: 'Code',
            },
          ],
        },
        {
          name: 'Approve',
          actions: [{ name: 'Look', actionTypeId: { ...type, category: 'Approval', provider: 'Manual' } }],
        },
      ],
    },
    tags,
  });
  await world.pass(10_000);
  const web = { pipelineName: 'web' };
  await ask('GetPipeline', { name: 'web' });
  await ask('GetPipelineState', { name: 'web' });
  await ask('ListPipelines');
  await ask('ListPipelineExecutions', web);
  await ask('ListActionExecutions', web);
  const [{ id } = { id: '' }] = world.service.pipeline('web').executions;
  await ask('GetPipelineExecution', { ...web, pipelineExecutionId: id });
  await ask('ListTagsForResource', { resourceArn: world.service.arnOf('web') });
  await ask('TagResource', { resourceArn: world.service.arnOf('web'), tags });
  await ask('UntagResource', { resourceArn: world.service.arnOf('web'), tagKeys: ['team'] });
  await ask('StopPipelineExecution', { ...web, pipelineExecutionId: id, abandon: true });
  await ask('StartPipelineExecution', { name: 'web' });
  await ask('DeletePipeline', { name: 'web' });
};
