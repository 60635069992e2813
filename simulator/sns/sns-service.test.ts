import type {
  GetTopicAttributesResponse,
  ListSubscriptionsByTopicResponse,
  SubscribeResponse,
} from '@aws-sdk/client-sns';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../cloud/aws-error.ts';
import { Cloud } from '../cloud/cloud.ts';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import type { ApiCall, Caller, ServiceName } from '../cloud/service.ts';
import type { JsonObject } from '../cloudformation/json.ts';
import { VirtualKernel } from '../kernel/virtual-kernel.ts';
import { SnsService } from './sns-service.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:people';
const queueArn = 'arn:aws:sqs:us-east-1:123456789012:inbox';

let world: LoneService<SnsService>;
let sent: ApiCall[];
let failures: AwsError[];

beforeEach(async () => {
  sent = [];
  failures = [];
  world = loneService(
    (ctx) =>
      new SnsService({
        ...ctx,
        call: async (call) => {
          if (call.service === 'sns') return ctx.call(call);
          sent.push(call);
          const failure = failures.shift();
          if (failure) throw failure;
          return { MessageId: 'one' };
        },
      }),
  );
  await world.call('CreateTopic', { Name: 'people' });
});

const subscribe = (more: object = {}) =>
  world.call<SubscribeResponse>('Subscribe', { TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn, ...more });
const publish = (more: object = {}) => world.call('Publish', { TopicArn: topicArn, Message: 'hello', ...more });
const bodies = () => sent.map(({ input }) => (input as { MessageBody: string }).MessageBody);

describe('a topic', () => {
  test('is created once; with other attributes its name is taken', async () => {
    expect(await world.call('CreateTopic', { Name: 'people' })).toEqual({ TopicArn: topicArn });
    await expect(
      world.call('CreateTopic', { Name: 'people', Attributes: { DisplayName: 'other' } }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' });
    await expect(world.call('CreateTopic', { Name: 'orders.fifo' })).rejects.toMatchObject({
      code: 'NotModelledException',
    });
  });

  test('tells its subscriptions and its policy, which is the default one until it is set', async () => {
    await subscribe();
    await subscribe({ Protocol: 'email', Endpoint: 'ops@example.com' });
    const { Attributes = {} } = await world.call<GetTopicAttributesResponse>('GetTopicAttributes', {
      TopicArn: topicArn,
    });
    expect(Attributes).toMatchObject({
      TopicArn: topicArn,
      SubscriptionsConfirmed: '1',
      SubscriptionsPending: '1',
      SubscriptionsDeleted: '0',
    });
    expect(JSON.parse(Attributes.Policy ?? '').Id).toBe('__default_policy_ID');
  });

  test('that is not there is NotFound; deleting it is no error', async () => {
    await world.call('DeleteTopic', { TopicArn: topicArn });
    await expect(publish()).rejects.toMatchObject({ code: 'NotFoundException', status: 404 });
    await expect(world.call('DeleteTopic', { TopicArn: topicArn })).resolves.toEqual({});
  });
});

describe('a queue that is subscribed', () => {
  test('gets each message in an envelope, from SNS on behalf of the topic', async () => {
    await subscribe();
    await publish({ Subject: 'News', MessageAttributes: { kind: { DataType: 'String', StringValue: 'a' } } });
    await world.pass(30);
    expect(sent[0]).toMatchObject({
      action: 'SendMessage',
      caller: { kind: 'service', principal: 'sns.amazonaws.com', sourceArn: topicArn },
      input: { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/inbox' },
    });
    expect(JSON.parse(bodies()[0] ?? '')).toMatchObject({
      Type: 'Notification',
      TopicArn: topicArn,
      Subject: 'News',
      Message: 'hello',
      Timestamp: '2026-01-05T09:00:00.000Z',
      MessageAttributes: { kind: { Type: 'String', Value: 'a' } },
    });
  });

  test('gets the message itself when it asked for raw delivery', async () => {
    await subscribe({ Attributes: { RawMessageDelivery: 'true' } });
    await publish({ MessageAttributes: { kind: { DataType: 'String', StringValue: 'a' } } });
    await world.pass(30);
    expect(sent[0]?.input).toMatchObject({
      MessageBody: 'hello',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'a' } },
    });
  });

  test('is subscribed once, and no longer after Unsubscribe', async () => {
    const { SubscriptionArn } = await subscribe();
    expect((await subscribe()).SubscriptionArn).toBe(SubscriptionArn);
    await world.call('Unsubscribe', { SubscriptionArn });
    await publish();
    await world.pass(1_000);
    expect(sent).toEqual([]);
  });

  test('gets it again after failures of AWS, and not after a denial', async () => {
    await subscribe();
    failures = [new AwsError('ServiceUnavailable', 'later', { status: 503 })];
    await publish();
    await world.pass(1_000);
    expect(sent).toHaveLength(2);
    failures = [new AwsError('AccessDeniedException', 'no')];
    await publish();
    await world.pass(86_400_000);
    expect(sent).toHaveLength(3);
    expect(world.metrics.map(({ name }) => name)).toEqual([
      'NumberOfMessagesPublished',
      'NumberOfNotificationsDelivered',
      'NumberOfMessagesPublished',
      'NumberOfNotificationsFailed',
    ]);
  });

  test('may have a text of its own', async () => {
    await subscribe({ Attributes: { RawMessageDelivery: 'true' } });
    await publish({ MessageStructure: 'json', Message: '{"default":"d","sqs":"for queues"}' });
    await world.pass(30);
    expect(bodies()).toEqual(['for queues']);
    await expect(publish({ MessageStructure: 'json', Message: '{"sqs":"x"}' })).rejects.toMatchObject({
      message: 'Invalid parameter: Message Structure - No default entry in JSON message body',
    });
  });
});

describe('somebody who reads e-mail', () => {
  test('confirms with the token of a letter, and gets letters from then on', async () => {
    expect((await subscribe({ Protocol: 'email', Endpoint: 'ops@example.com' })).SubscriptionArn).toBe(
      'pending confirmation',
    );
    await publish({ Message: 'before' });
    expect(world.service.emails).toHaveLength(1);
    const [{ token: Token } = { token: '' }] = world.service.emails;
    await world.call('ConfirmSubscription', { TopicArn: topicArn, Token });
    await publish({ Message: 'after', Subject: 'Rollout' });
    expect(world.service.emails.at(-1)).toMatchObject({ to: 'ops@example.com', subject: 'Rollout', text: 'after' });
    const { Subscriptions = [] } = await world.call<ListSubscriptionsByTopicResponse>('ListSubscriptionsByTopic', {
      TopicArn: topicArn,
    });
    expect(Subscriptions[0]?.SubscriptionArn).toContain(`${topicArn}:`);
  });
});

test.each([
  ['no text', { Message: '' }, 'Invalid parameter: Empty message'],
  ['a long text', { Message: 'x'.repeat(262_145) }, 'Invalid parameter: Message too long'],
  ['a subject of two lines', { Subject: 'a\nb' }, 'Invalid parameter: Subject'],
  ['a subject of 101 characters', { Subject: 'a'.repeat(101) }, 'Invalid parameter: Subject'],
])('%s is refused', async (_what, more, message) => {
  await expect(publish(more)).rejects.toMatchObject({ code: 'InvalidParameterException', message });
});

describe('in a cloud, from a template, with IAM enforced', () => {
  const policy = (principal: string, source: string): JsonObject => ({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: principal },
        Action: 'sns:Publish',
        Resource: { Ref: 'Topic' },
        Condition: { ArnLike: { 'aws:SourceArn': source } },
      },
    ],
  });

  const deployed = async (resources: JsonObject) => {
    const kernel = new VirtualKernel({ seed: 1 });
    const cloud = new Cloud({
      kernel,
      endpoint: 'http://127.0.0.1:4566',
      code: () => undefined,
      host: () => ({}) as never,
      runtime: () => ({}) as never,
    });
    const pass = (ms: number) => kernel.run({ untilMs: kernel.now() + ms });
    const call = async <Answer>(service: ServiceName, action: string, input: object, caller?: Caller) =>
      (await cloud.dispatcher.call({ service, action, input, caller: caller ?? cloud.operator })) as Answer;
    const template = {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
        QueuePolicy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [{ Ref: 'Queue' }],
            PolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { Service: 'sns.amazonaws.com' },
                  Action: 'sqs:SendMessage',
                  Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
                  Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Topic' } } },
                },
              ],
            },
          },
        },
        Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'people' } },
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            TopicArn: { Ref: 'Topic' },
            Protocol: 'sqs',
            Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            RawMessageDelivery: true,
          },
        },
        ...resources,
      },
    };
    const result = cloud.cloudFormation.deploy({ stackName: 'Topic', template });
    await pass(120_000);
    expect((await result).failures).toEqual([]);
    const received = async () =>
      (
        await call<{ Messages?: { Body: string }[] }>('sqs', 'ReceiveMessage', {
          QueueUrl: 'http://127.0.0.1:4566/123456789012/inbox',
          MaxNumberOfMessages: 10,
        })
      ).Messages ?? [];
    return { cloud, pass, call, received };
  };

  const rule: JsonObject = {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: 'tell',
      EventPattern: { source: ['shop'] },
      Targets: [{ Id: 'Topic', Arn: { Ref: 'Topic' } }],
    },
  };
  const event = { Entries: [{ Source: 'shop', DetailType: 'Sold', Detail: '{"sku":"a"}' }] };

  test('a rule tells the topic where its policy lets EventBridge', async () => {
    const { pass, call, received } = await deployed({
      Rule: rule,
      Policy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [{ Ref: 'Topic' }],
          PolicyDocument: policy('events.amazonaws.com', 'arn:aws:events:us-east-1:123456789012:rule/tell'),
        },
      },
    });
    await call('events', 'PutEvents', event);
    await pass(5_000);
    expect(JSON.parse((await received())[0]?.Body ?? '{}')).toMatchObject({ source: 'shop', detail: { sku: 'a' } });
  });

  test('the default policy lets CloudWatch in, and not EventBridge', async () => {
    const { pass, call, received } = await deployed({
      Rule: rule,
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'backlog',
          AlarmDescription: 'too much',
          Namespace: 'Shop',
          MetricName: 'Waiting',
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 10,
          ComparisonOperator: 'GreaterThanThreshold',
          AlarmActions: [{ Ref: 'Topic' }],
        },
      },
    });
    await call('events', 'PutEvents', event);
    await call('cloudwatch', 'SetAlarmState', { AlarmName: 'backlog', StateValue: 'ALARM', StateReason: 'a test' });
    await pass(5_000);
    const messages = await received();
    expect(messages).toHaveLength(1);
    expect(JSON.parse(messages[0]?.Body ?? '{}')).toMatchObject({
      AlarmName: 'backlog',
      AlarmDescription: 'too much',
      NewStateValue: 'ALARM',
      OldStateValue: 'INSUFFICIENT_DATA',
      NewStateReason: 'a test',
      Region: 'US East (N. Virginia)',
      AlarmActions: [topicArn],
      Trigger: { MetricName: 'Waiting', Statistic: 'MAXIMUM', Period: 60, Threshold: 10, Dimensions: [] },
    });
    const { AlarmHistoryItems } = await call<{ AlarmHistoryItems: { HistorySummary: string }[] }>(
      'cloudwatch',
      'DescribeAlarmHistory',
      { AlarmName: 'backlog', HistoryItemType: 'Action' },
    );
    expect(AlarmHistoryItems[0]?.HistorySummary).toBe(`Successfully executed action ${topicArn}`);
  });

  test('a role needs sns:Publish', async () => {
    const trust = {
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    const role = (name: string, action: string): JsonObject => ({
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        AssumeRolePolicyDocument: trust,
        Policies: [
          {
            PolicyName: 'It',
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: action, Resource: { Ref: 'Topic' } }] },
          },
        ],
      },
    });
    const { call } = await deployed({ May: role('may', 'sns:Publish'), MayNot: role('may-not', 'sns:Subscribe') });
    const session = (name: string): Caller => ({
      kind: 'role',
      roleArn: `arn:aws:iam::123456789012:role/${name}`,
      sessionName: 's',
      arn: `arn:aws:sts::123456789012:assumed-role/${name}/s`,
    });
    const tell = (name: string) => call('sns', 'Publish', { TopicArn: topicArn, Message: 'x' }, session(name));
    await expect(tell('may')).resolves.toMatchObject({ MessageId: expect.any(String) });
    await expect(tell('may-not')).rejects.toMatchObject({ code: 'AuthorizationErrorException', status: 403 });
  });
});
