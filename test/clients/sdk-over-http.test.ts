import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodePipelineClient, GetPipelineStateCommand, ListPipelinesCommand } from '@aws-sdk/client-codepipeline';
import { CreateSubnetCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient, waitUntilImageScanComplete } from '@aws-sdk/client-ecr';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, scriptedRuntime } from '../../local/virtual/scripted-runtime.ts';
import { Cloud } from '../../simulator/cloud/cloud.ts';
import { httpFront } from '../../simulator/front/http-front.ts';
import { LiveKernel } from '../../simulator/kernel/live-kernel.ts';

/** The JavaScript SDK as it is, over HTTP: its waiters, and the services that no other test speaks to over the wire. */

/** 100 times as fast as AWS: a deployment takes less than a second. */
const pace = 100;
const cluster = 'shop';
const digests = new Map<string, Behaviour>();
let cloud: Cloud;
let server: Server;
let kernel: LiveKernel;
let ecs: ECSClient;

const settings = () => ({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
});
/** The waiters' own delays are made for AWS's speed. */
const waiting = <Client>(client: Client, maxWaitTime = 20) => ({ client, maxWaitTime, minDelay: 0.05, maxDelay: 0.1 });

const push = (tag: string, behaviour: Behaviour = {}, labels: Readonly<Record<string, string>> = {}): string => {
  const { digest } = cloud.ecr.store({
    repository: 'web',
    tags: [tag],
    config: { Labels: labels },
    layers: [Buffer.from(tag)],
  });
  digests.set(digest, behaviour);
  return `123456789012.dkr.ecr.us-east-1.amazonaws.com/web:${tag}`;
};

const register = async (family: string, image: string): Promise<void> => {
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      requiresCompatibilities: ['EXTERNAL'],
      networkMode: 'bridge',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      containerDefinitions: [{ name: 'main', image, cpu: 64, memory: 64, essential: true }],
    }),
  );
};

beforeAll(async () => {
  kernel = new LiveKernel({ seed: 1, pace, wallClock: Date.now });
  cloud = new Cloud({
    kernel,
    endpoint: 'http://127.0.0.1:0',
    code: () => undefined,
    host: () => ({}) as never,
    runtime: () =>
      scriptedRuntime(
        kernel,
        (digest) => digests.get(digest) ?? {},
        () => undefined,
      ),
  });
  server = createServer(
    httpFront({ dispatcher: cloud.dispatcher, kernel, callerOf: () => undefined, operator: cloud.operator }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ecs = new ECSClient(settings());
  await cloud.call('ecr', 'CreateRepository', {
    repositoryName: 'web',
    imageScanningConfiguration: { scanOnPush: true },
  });
  await cloud.call('iam', 'CreateRole', {
    RoleName: 'execution',
    AssumeRolePolicyDocument: JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    }),
  });
  await cloud.call('iam', 'PutRolePolicy', {
    RoleName: 'execution',
    PolicyName: 'pull',
    PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: ['ecr:*', 'logs:*'], Resource: '*' }] }),
  });
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  cloud.ecs.registerExternalInstance({ cluster, managedInstanceId: 'mi-1', cpuUnits: 1024, memoryMiB: 1024 });
  await register('web', push('v1'));
});

afterAll(() => {
  kernel.close();
  server.closeAllConnections();
  server.close();
});

describe("the SDK's waiters", () => {
  it('see a service stable after its deployment, not while it runs, and inactive after its end', async () => {
    const service = { cluster, services: ['web'] };
    await ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: 'web',
        taskDefinition: 'web',
        launchType: 'EXTERNAL',
        desiredCount: 2,
      }),
    );
    expect((await waitUntilServicesStable(waiting(ecs), service)).state).toBe('SUCCESS');
    await register('web', push('v2'));
    await ecs.send(new UpdateServiceCommand({ cluster, service: 'web', taskDefinition: 'web' }));
    // New tasks count as healthy 40 s after their start, which is 0.4 s here.
    await expect(waitUntilServicesStable(waiting(ecs, 0.2), service)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await waitUntilServicesStable(waiting(ecs), service)).state).toBe('SUCCESS');
    await ecs.send(new DeleteServiceCommand({ cluster, service: 'web', force: true }));
    expect((await waitUntilServicesInactive(waiting(ecs), service)).state).toBe('SUCCESS');
    await expect(waitUntilServicesStable(waiting(ecs), service)).rejects.toThrow(/FAILURE/);
  });

  it('see a task running and stopped, and one that never runs as a failure', async () => {
    const run = async (taskDefinition: string): Promise<string> => {
      const { tasks = [] } = await ecs.send(
        new RunTaskCommand({ cluster, taskDefinition, launchType: 'EXTERNAL', count: 1 }),
      );
      return tasks[0]?.taskArn ?? '';
    };
    const task = await run('web');
    expect((await waitUntilTasksRunning(waiting(ecs), { cluster, tasks: [task] })).state).toBe('SUCCESS');
    await ecs.send(new StopTaskCommand({ cluster, task }));
    expect((await waitUntilTasksStopped(waiting(ecs), { cluster, tasks: [task] })).state).toBe('SUCCESS');
    await register('gone', '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:gone');
    const lost = await run('gone');
    await expect(waitUntilTasksRunning(waiting(ecs), { cluster, tasks: [lost] })).rejects.toThrow(/FAILURE/);
  });

  it('see a scan complete, and one that failed as a failure', async () => {
    const ecr = new ECRClient(settings());
    const scanned = (imageTag: string) =>
      waitUntilImageScanComplete(waiting(ecr), { repositoryName: 'web', imageId: { imageTag } });
    push('scanned', {}, { 'simulator.scan-findings': 'HIGH=1' });
    expect((await scanned('scanned')).state).toBe('SUCCESS');
    push('unscannable', {}, { 'simulator.scan': 'failed' });
    await expect(scanned('unscannable')).rejects.toThrow(/FAILURE/);
  });
});

describe('over the wire', () => {
  it('a topic tells a queue, and answers its attributes as a map', async () => {
    const sns = new SNSClient(settings());
    const sqs = new SQSClient(settings());
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'inbox' }));
    const queueArn = 'arn:aws:sqs:us-east-1:123456789012:inbox';
    const { TopicArn } = await sns.send(
      new CreateTopicCommand({ Name: 'people', Attributes: { DisplayName: 'People & <others>' } }),
    );
    const Policy = JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: queueArn,
          Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
        },
      ],
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: queueArn,
        Attributes: { RawMessageDelivery: 'true' },
        ReturnSubscriptionArn: true,
      }),
    );
    await sns.send(
      new PublishCommand({
        TopicArn,
        Message: 'hello',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
      }),
    );
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'] }),
    );
    expect(Messages).toMatchObject([{ Body: 'hello', MessageAttributes: { kind: { StringValue: 'greeting' } } }]);
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({ DisplayName: 'People & <others>', SubscriptionsConfirmed: '1' });
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toMatchObject([{ Protocol: 'sqs', Endpoint: queueArn }]);
    await expect(sns.send(new PublishCommand({ TopicArn: `${TopicArn}-gone`, Message: 'x' }))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Topic does not exist',
    });
  });

  it('subnets speak the protocol of EC2', async () => {
    const ec2 = new EC2Client(settings());
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({
        VpcId: 'vpc-1',
        CidrBlock: '10.0.1.0/24',
        TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: 'a & b' }] }],
      }),
    );
    const { Subnets } = await ec2.send(
      new DescribeSubnetsCommand({
        SubnetIds: [Subnet?.SubnetId ?? ''],
        Filters: [{ Name: 'vpc-id', Values: ['vpc-0', 'vpc-1'] }],
      }),
    );
    expect(Subnets).toMatchObject([
      { AvailableIpAddressCount: 251, State: 'available', Tags: [{ Key: 'Name', Value: 'a & b' }] },
    ]);
    await expect(ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-0'] }))).rejects.toMatchObject({
      name: 'InvalidSubnetID.NotFound',
    });
  });

  it('quotas, machines and pipelines answer', async () => {
    const { Quota } = await new ServiceQuotasClient(settings()).send(
      new GetServiceQuotaCommand({ ServiceCode: 'fargate', QuotaCode: 'L-3032A538' }),
    );
    expect(Quota?.Value).toBe(1_000);
    const { InstanceInformationList } = await new SSMClient(settings()).send(
      new DescribeInstanceInformationCommand({}),
    );
    expect(InstanceInformationList).toMatchObject([{ InstanceId: 'mi-1', PingStatus: 'Online' }]);
    const codePipeline = new CodePipelineClient(settings());
    expect((await codePipeline.send(new ListPipelinesCommand({}))).pipelines).toEqual([]);
    await expect(codePipeline.send(new GetPipelineStateCommand({ name: 'web' }))).rejects.toMatchObject({
      name: 'PipelineNotFoundException',
    });
  });
});
