import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  CreateTargetGroupCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetFunctionCommand, InvokeCommand, LambdaClient, PublishVersionCommand } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AwsError, notModelled } from '../cloud/aws-error.ts';
import type { ApiCall, Caller } from '../cloud/service.ts';
import { VirtualKernel } from '../kernel/virtual-kernel.ts';
import { httpFront } from './http-front.ts';

const session: Caller = {
  kind: 'role',
  roleArn: 'arn:aws:iam::123456789012:role/worker',
  sessionName: 'one',
  arn: 'arn:aws:sts::123456789012:assumed-role/worker/one',
};

let server: Server;
let calls: ApiCall[];
let answer: (call: ApiCall) => unknown;
let linked: boolean;

beforeAll(async () => {
  const front = httpFront({
    kernel: new VirtualKernel({ seed: 1 }),
    callerOf: (accessKeyId) => (accessKeyId === 'ASIASESSION' ? session : undefined),
    reaches: (caller) => linked || caller.kind !== 'role',
    dispatcher: {
      call: async (call) => {
        calls.push(call);
        return answer(call);
      },
    },
    routes: [
      {
        matches: ({ path }) => path.startsWith('/v2/'),
        handle: () => ({ status: 200, headers: {}, body: 'registry' }),
      },
    ],
  });
  server = createServer(front);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  calls = [];
  answer = () => ({});
  linked = true;
});

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const client = (accessKeyId = 'operator') => ({
  endpoint: url(),
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'any' },
  maxAttempts: 1,
});

const post = (headers: Record<string, string>, body: string): Promise<Response> =>
  fetch(url(), { method: 'POST', headers, body });
const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260105/us-east-1/ecs/aws4_request' };

describe('awsJson', () => {
  test('a call reaches the service that its target names, and times come back as times', async () => {
    answer = () => ({ services: [{ serviceName: 'web', createdAt: new Date('2026-01-05T09:00:00.250Z') }] });
    const output = await new ECSClient(client()).send(new DescribeServicesCommand({ services: ['web'] }));
    expect(calls[0]).toMatchObject({ service: 'ecs', action: 'DescribeServices', input: { services: ['web'] } });
    expect(output.services?.[0]?.createdAt).toEqual(new Date('2026-01-05T09:00:00.250Z'));
  });

  test('blobs are bytes on both sides', async () => {
    const dynamodb = new DynamoDBClient(client());
    await dynamodb.send(
      new PutItemCommand({
        TableName: 't',
        Item: { data: { B: new Uint8Array([1, 2]) }, set: { BS: [new Uint8Array([3])] }, B: { S: 'a key named B' } },
      }),
    );
    expect(calls[0]?.input).toEqual({
      TableName: 't',
      Item: { data: { B: new Uint8Array([1, 2]) }, set: { BS: [new Uint8Array([3])] }, B: { S: 'a key named B' } },
    });
    answer = () => ({ Item: { data: { B: new Uint8Array([9, 8]) } } });
    const output = await dynamodb.send(new GetItemCommand({ TableName: 't', Key: { id: { S: '1' } } }));
    expect(output.Item?.data?.B).toEqual(new Uint8Array([9, 8]));
  });

  test("an error has AWS's name, its text and its further members", async () => {
    answer = () => {
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
        fields: { Item: { id: { S: '1' } } },
      });
    };
    await expect(
      new DynamoDBClient(client()).send(new PutItemCommand({ TableName: 't', Item: {} })),
    ).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { id: { S: '1' } },
    });
  });

  test("query-compatible services also tell an error's older name", async () => {
    answer = () => {
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
        queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
      });
    };
    const response = await post({ ...signed, 'x-amz-target': 'AmazonSQS.GetQueueUrl' }, '{}');
    expect(response.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    await expect(new SQSClient(client()).send(new GetQueueUrlCommand({ QueueName: 'x' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });

  test('what is not modelled is refused by name with status 501', async () => {
    answer = (call) => {
      throw notModelled(`${call.service}:${call.action}`);
    };
    const response = await post({ ...signed, 'x-amz-target': 'AmazonSSM.GetInventory' }, '{}');
    expect(response.status).toBe(501);
    expect(await response.json()).toEqual({
      __type: 'NotModelledException',
      message: 'The local cloud does not model ssm:GetInventory.',
    });
  });

  test.each(['{', '[]', '"text"'])('the malformed body %s is a SerializationException', async (body) => {
    const response = await post({ ...signed, 'x-amz-target': 'AmazonSSM.GetParameter' }, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
    expect(calls).toEqual([]);
  });

  test('an unknown target is an UnknownOperationException', async () => {
    const response = await post({ ...signed, 'x-amz-target': 'AmazonNothing.Do' }, '{}');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ __type: 'UnknownOperationException' });
  });

  test('every answer has a request id of its own', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () =>
        (await post({ ...signed, 'x-amz-target': 'AmazonSSM.X' }, '')).headers.get('x-amzn-requestid'),
      ),
    );
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-/);
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe('callers', () => {
  test('an issued key is the session it was issued to, any other key is the operator', async () => {
    await new ECSClient(client('ASIASESSION')).send(new DescribeServicesCommand({ services: [] }));
    await new ECSClient(client('AKIAANY')).send(new DescribeServicesCommand({ services: [] }));
    expect(calls.map(({ caller }) => caller)).toEqual([
      session,
      { kind: 'operator', arn: 'arn:aws:iam::123456789012:user/operator' },
    ]);
  });

  test('a request without any credentials is refused', async () => {
    const response = await post({ 'x-amz-target': 'AmazonSSM.GetParameter' }, '{}');
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });

  test('a caller that hangs up aborts its call', async () => {
    const aborted = new Promise<void>((resolve) => {
      answer = ({ signal }) =>
        new Promise((done) => {
          signal?.addEventListener('abort', () => {
            resolve();
            done({});
          });
        });
    });
    const controller = new AbortController();
    const request = fetch(url(), {
      method: 'POST',
      headers: { ...signed, 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
      body: '{}',
      signal: controller.signal,
    }).catch(() => 'gone');
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await aborted;
    expect(await request).toBe('gone');
  });
});

describe('CBOR', () => {
  const cborClient = (): CloudWatchClient =>
    new CloudWatchClient({ ...client(), protocol: AwsSmithyRpcV2CborProtocol });

  test('numbers and times survive both ways', async () => {
    const cloudwatch = cborClient();
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'n',
        MetricData: [{ MetricName: 'm', Value: 1.5, Timestamp: new Date('2026-01-05T09:00:00Z') }],
      }),
    );
    expect(calls[0]).toMatchObject({ service: 'cloudwatch', action: 'PutMetricData' });
    expect(calls[0]?.input).toMatchObject({
      MetricData: [{ MetricName: 'm', Value: 1.5, Timestamp: new Date('2026-01-05T09:00:00Z') }],
    });
    answer = () => ({
      MetricDataResults: [
        { Id: 'a', Label: undefined, Values: [1, 2.25], Timestamps: [new Date('2026-01-05T09:00:00Z')] },
      ],
    });
    const output = await cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'a', Expression: '1' }],
        StartTime: new Date('2026-01-05T08:00:00Z'),
        EndTime: new Date('2026-01-05T09:00:00Z'),
      }),
    );
    expect(output.MetricDataResults?.[0]?.Values).toEqual([1, 2.25]);
    expect(output.MetricDataResults?.[0]?.Timestamps).toEqual([new Date('2026-01-05T09:00:00Z')]);
  });

  test('an error keeps its name', async () => {
    answer = () => {
      throw new AwsError('InvalidParameterValueException', 'No.', { queryCode: 'InvalidParameterValue' });
    };
    await expect(cborClient().send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [] }))).rejects.toMatchObject(
      { name: 'InvalidParameterValueException', message: 'No.' },
    );
  });
});

describe('the query protocol', () => {
  test('lists, structures, numbers and booleans are read from the form', async () => {
    await new CloudFormationClient(client()).send(
      new CreateStackCommand({
        StackName: 's',
        Parameters: [
          { ParameterKey: 'A', ParameterValue: '1' },
          { ParameterKey: 'B', UsePreviousValue: true },
        ],
        Capabilities: ['CAPABILITY_IAM'],
        DisableRollback: false,
        TimeoutInMinutes: 5,
      }),
    );
    expect(calls[0]).toMatchObject({ service: 'cloudformation', action: 'CreateStack' });
    expect(calls[0]?.input).toEqual({
      StackName: 's',
      Parameters: [
        { ParameterKey: 'A', ParameterValue: '1' },
        { ParameterKey: 'B', UsePreviousValue: true },
      ],
      Capabilities: ['CAPABILITY_IAM'],
      DisableRollback: false,
      TimeoutInMinutes: 5,
    });
  });

  test("a load balancer's port is a number, its redirect's port is text", async () => {
    const elb = new ElasticLoadBalancingV2Client(client());
    await elb.send(new CreateTargetGroupCommand({ Name: 'g', Port: 80, HealthCheckEnabled: true }));
    await elb.send(
      new ModifyListenerCommand({
        ListenerArn: 'l',
        DefaultActions: [{ Type: 'redirect', RedirectConfig: { Port: '443', StatusCode: 'HTTP_301' } }],
      }),
    );
    expect(calls[0]?.input).toEqual({ Name: 'g', Port: 80, HealthCheckEnabled: true });
    expect(calls[1]?.input).toMatchObject({ DefaultActions: [{ RedirectConfig: { Port: '443' } }] });
  });

  test('answers are read by the SDK: lists, times, text that needs escaping', async () => {
    answer = () => ({
      Stacks: [
        {
          StackName: 'a<b>&"c"',
          CreationTime: new Date('2026-01-05T09:00:00Z'),
          StackStatus: 'CREATE_COMPLETE',
          Outputs: [{ OutputKey: 'k', OutputValue: 'v' }],
          Tags: [],
        },
      ],
    });
    const output = await new CloudFormationClient(client()).send(new DescribeStacksCommand({}));
    expect(output.Stacks?.[0]).toMatchObject({
      StackName: 'a<b>&"c"',
      CreationTime: new Date('2026-01-05T09:00:00Z'),
      Outputs: [{ OutputKey: 'k', OutputValue: 'v' }],
    });
  });

  test('an answer without members still has its wrapper, which botocore insists on', async () => {
    const response = await post(
      { ...signed, 'content-type': 'application/x-www-form-urlencoded' },
      'Action=RegisterTargets&Version=2015-12-01',
    );
    expect(await response.text()).toContain('<RegisterTargetsResult></RegisterTargetsResult>');
  });

  test('errors have the code that the service puts into its XML', async () => {
    answer = () => {
      throw new AwsError('AccessDeniedException', 'User is not authorized.', { status: 403 });
    };
    await expect(new STSClient(client()).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'User is not authorized.',
    });
    answer = () => {
      throw new AwsError('TargetGroupNotFoundException', 'One or more target groups not found');
    };
    await expect(
      new ElasticLoadBalancingV2Client(client()).send(new DescribeTargetGroupsCommand({})),
    ).rejects.toMatchObject({ name: 'TargetGroupNotFoundException' });
  });

  test('an API version that nothing here speaks is refused by name', async () => {
    const response = await post(
      { ...signed, 'content-type': 'application/x-www-form-urlencoded' },
      'Action=DescribeDBInstances&Version=2014-10-31',
    );
    expect(response.status).toBe(501);
    expect(await response.text()).toContain('NotModelledException');
  });
});

describe('REST of Lambda', () => {
  test("an invocation's payload is the body, its error a header", async () => {
    answer = () => ({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      ExecutedVersion: '3',
      Payload: new TextEncoder().encode('{"errorType":"Error"}'),
    });
    const output = await new LambdaClient(client()).send(
      new InvokeCommand({
        FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f',
        Qualifier: '3',
        InvocationType: 'RequestResponse',
        Payload: new TextEncoder().encode('{"a":1}'),
      }),
    );
    expect(calls[0]?.input).toMatchObject({
      FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      Qualifier: '3',
      InvocationType: 'RequestResponse',
    });
    const sent = calls[0]?.input as { Payload: Uint8Array } | undefined;
    expect(new TextDecoder().decode(sent?.Payload)).toBe('{"a":1}');
    expect(output).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '3' });
    expect(output.Payload?.transformToString()).toBe('{"errorType":"Error"}');
  });

  test('paths carry the name and the status of the answer is that of the model', async () => {
    const lambda = new LambdaClient(client());
    answer = () => ({ Configuration: { FunctionName: 'f' } });
    const output = await lambda.send(new GetFunctionCommand({ FunctionName: 'f', Qualifier: 'live' }));
    expect(output.Configuration?.FunctionName).toBe('f');
    expect(calls[0]).toMatchObject({ action: 'GetFunction', input: { FunctionName: 'f', Qualifier: 'live' } });
    const published = await lambda.send(new PublishVersionCommand({ FunctionName: 'f', Description: 'd' }));
    expect(published.$metadata.httpStatusCode).toBe(201);
    expect(calls[1]?.input).toEqual({ FunctionName: 'f', Description: 'd' });
  });

  test('an error keeps its name', async () => {
    answer = () => {
      throw new AwsError('ResourceNotFoundException', 'Function not found: f', { status: 404 });
    };
    await expect(new LambdaClient(client()).send(new GetFunctionCommand({ FunctionName: 'f' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: f',
    });
  });
});

test('a further route answers before the APIs do', async () => {
  expect(await (await fetch(`${url()}/v2/`)).text()).toBe('registry');
});

test('a fault of the simulator is an InternalFailure, not a hung request', async () => {
  answer = () => {
    throw new TypeError('broken');
  };
  const response = await post({ ...signed, 'x-amz-target': 'AmazonSSM.GetParameter' }, '{}');
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ __type: 'InternalFailure', message: 'broken' });
});

describe('a caller behind a link that is cut', () => {
  const ask = (accessKeyId?: string) =>
    new SQSClient(client(accessKeyId)).send(new GetQueueUrlCommand({ QueueName: 'q' }));
  const found = () => ({ QueueUrl: 'http://127.0.0.1/q' });

  test('reaches nothing, while others do', async () => {
    answer = found;
    linked = false;
    await expect(ask('ASIASESSION')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(calls).toEqual([]);
    await expect(ask()).resolves.toMatchObject(found());
  });

  test('gets no answer to what it asked before, though that is done', async () => {
    answer = () => {
      linked = false;
      return found();
    };
    await expect(ask('ASIASESSION')).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(calls).toHaveLength(1);
  });
});
