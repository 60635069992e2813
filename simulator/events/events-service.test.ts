import type { ListTargetsByRuleResponse, PutEventsResponse, Target } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../cloud/aws-error.ts';
import { defaultFidelity, type Fidelity } from '../cloud/fidelity.ts';
import type { ApiCall, EmittedEvent, EmittedMetric, ServiceContext } from '../cloud/service.ts';
import { VirtualKernel } from '../kernel/virtual-kernel.ts';
import { EventsService } from './events-service.ts';

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:observe';
const queueArn = 'arn:aws:sqs:us-east-1:123456789012:orders';
const deadArn = 'arn:aws:sqs:us-east-1:123456789012:dead';
const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:burst';
const roleArn = 'arn:aws:iam::123456789012:role/path/starter';
const ruleArn = 'arn:aws:events:us-east-1:123456789012:rule/all';

let kernel: VirtualKernel;
let service: EventsService;
/** Calls that reached a target, with the time at which they did. */
let calls: (ApiCall & { readonly atMs: number })[];
let metrics: EmittedMetric[];
let logs: { group: string; stream: string; message: string }[];
let answer: (call: ApiCall) => void;

const start = (fidelity: Partial<Fidelity['events']> = {}): void => {
  kernel = new VirtualKernel({ seed: 3 });
  calls = [];
  metrics = [];
  logs = [];
  answer = () => {};
  const ctx: ServiceContext = {
    kernel,
    accountId: '123456789012',
    region: 'us-east-1',
    fidelity: { ...defaultFidelity, events: { ...defaultFidelity.events, ...fidelity } },
    call: async (call) => {
      calls.push({ ...call, atMs: kernel.now() });
      answer(call);
      return {};
    },
    emit: () => {},
    metric: (metric) => void metrics.push(metric),
    log: (entry) => void logs.push(entry),
  };
  service = new EventsService(ctx);
};

beforeEach(() => start());

// biome-ignore lint/suspicious/noExplicitAny: tests name the members they read
const call = async (action: string, input: object): Promise<any> => {
  service.checkRequest(action, input);
  return service.actions[action]?.run(service, input as never, {
    caller: { kind: 'operator', arn: 'arn:aws:iam::123456789012:user/operator' },
  });
};

const pass = async (ms: number): Promise<void> => {
  await kernel.run({ untilMs: kernel.now() + ms });
};

const rule = async (target: Target, pattern: object = { source: ['aws.ecs'] }): Promise<void> => {
  await call('PutRule', { Name: 'all', EventPattern: JSON.stringify(pattern) });
  await call('PutTargets', { Rule: 'all', Targets: [target] });
};

const stopped: EmittedEvent = {
  source: 'aws.ecs',
  detailType: 'ECS Task State Change',
  resources: ['arn:aws:ecs:us-east-1:123456789012:task/c/1'],
  detail: { lastStatus: 'STOPPED', version: 3, reason: 'said "no"', group: { name: 'web' } },
};

/** What a target was called with. */
const input = (index: number): { Payload?: Uint8Array; MessageBody?: string; MessageAttributes?: object } =>
  calls[index]?.input ?? {};

const text = (payload: unknown): string => new TextDecoder().decode(payload as Uint8Array);

describe('an event on its way', () => {
  test('reaches a function after the lag, in the envelope, called by the rule', async () => {
    await rule({ Id: 'f', Arn: functionArn });
    service.deliver(stopped);
    await pass(999);
    expect(calls).toEqual([]);
    await pass(1);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      service: 'lambda',
      action: 'Invoke',
      caller: { kind: 'service', principal: 'events.amazonaws.com', sourceArn: ruleArn },
      input: { FunctionName: functionArn, InvocationType: 'Event' },
    });
    const event = JSON.parse(text(input(0).Payload));
    expect(Object.keys(event)).toEqual([
      'version',
      'id',
      'detail-type',
      'source',
      'account',
      'time',
      'region',
      'resources',
      'detail',
    ]);
    expect(event).toMatchObject({ version: '0', time: '2026-01-05T09:00:00Z', account: '123456789012' });
  });

  test('starts a state machine as the role of the target, under a fresh name', async () => {
    await rule({ Id: 's', Arn: machineArn, RoleArn: roleArn });
    service.deliver(stopped);
    service.deliver(stopped);
    await pass(1_000);
    expect(calls[0]).toMatchObject({
      service: 'states',
      action: 'StartExecution',
      input: { stateMachineArn: machineArn },
      caller: { kind: 'role', roleArn },
    });
    expect(calls[0]?.caller).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/starter\/[0-9a-f]{32}$/),
    });
    const names = calls.map(({ input }) => (input as { name: string }).name);
    expect(new Set(names).size).toBe(2);
  });

  test('reaches queues and log groups', async () => {
    await rule({ Id: 'q', Arn: queueArn, InputPath: '$.detail.lastStatus' });
    await call('PutTargets', {
      Rule: 'all',
      Targets: [{ Id: 'l', Arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/all', Input: '{"a":1}' }],
    });
    service.deliver(stopped);
    await pass(1_000);
    expect(calls[0]).toMatchObject({
      service: 'sqs',
      input: { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/orders', MessageBody: '"STOPPED"' },
    });
    expect(logs).toMatchObject([{ group: '/aws/events/all', message: '{"a":1}' }]);
  });

  test('passes by rules that do not match or are disabled', async () => {
    await rule({ Id: 'f', Arn: functionArn }, { detail: { lastStatus: ['RUNNING'] } });
    service.deliver(stopped);
    await pass(5_000);
    await call('PutRule', { Name: 'all', EventPattern: '{"source":["aws.ecs"]}', State: 'DISABLED' });
    service.deliver(stopped);
    await pass(5_000);
    expect(calls).toEqual([]);
    await call('EnableRule', { Name: 'all' });
    service.deliver(stopped);
    await pass(5_000);
    expect(calls).toHaveLength(1);
  });
});

describe('input transformers', () => {
  const transformed = async (template: string, paths: Record<string, string> = {}): Promise<string> => {
    await rule({ Id: 'q', Arn: queueArn, InputTransformer: { InputPathsMap: paths, InputTemplate: template } });
    service.deliver(stopped);
    await pass(1_000);
    return input(0).MessageBody ?? '';
  };
  const paths = {
    status: '$.detail.lastStatus',
    version: '$.detail.version',
    group: '$.detail.group',
    first: '$.resources[0]',
    absent: '$.detail.nothing',
    reason: '$.detail.reason',
  };

  test.each([
    ['quotes are added to a string that has none around', '{"a": <status>}', '{"a": "STOPPED"}'],
    ['and not to a string that has', '{"a": "is <status>"}', '{"a": "is STOPPED"}'],
    ['numbers and objects stay what they are', '{"v": <version>, "g": <group>}', '{"v": 3, "g": {"name":"web"}}'],
    ['an object inside of text loses its quotes', '"group <group>"', '"group {name:web}"'],
    ['a path may name an element', '{"r": <first>}', '{"r": "arn:aws:ecs:us-east-1:123456789012:task/c/1"}'],
    ['what the event lacks is empty', '{"a": "<absent>"}', '{"a": ""}'],
    ['text that goes into text is not escaped', '{"a": "<reason>"}', '{"a": "said "no""}'],
    ['the rule can be named', '{"rule": "<aws.events.rule-name>"}', '{"rule": "all"}'],
  ])('%s', async (_rule, template, expected) => {
    expect(await transformed(template, paths)).toBe(expected);
  });

  test('a placeholder that is not defined is refused', async () => {
    await expect(transformed('"<other>"', paths)).rejects.toMatchObject({
      code: 'ValidationException',
      message: 'InputTemplate for target q contains invalid placeholder other.',
    });
  });

  test('a template that makes no JSON goes to the dead letters and not to the function', async () => {
    await rule({
      Id: 'f',
      Arn: functionArn,
      InputTransformer: { InputPathsMap: paths, InputTemplate: '{"a": "<reason>"}' },
      DeadLetterConfig: { Arn: deadArn },
    });
    service.deliver(stopped);
    await pass(1_000);
    expect(calls.map(({ service: name }) => name)).toEqual(['sqs']);
    expect(calls[0]?.input).toMatchObject({ MessageAttributes: { ERROR_CODE: { StringValue: 'INVALID_JSON' } } });
  });
});

describe('a target that fails', () => {
  const failing = (error: AwsError): void => {
    answer = ({ service: name }) => {
      if (name === 'lambda') throw error;
    };
  };
  const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 });

  test('without permission it gets no second attempt, and the dead letter says why', async () => {
    await rule({ Id: 'f', Arn: functionArn, DeadLetterConfig: { Arn: deadArn } });
    failing(new AwsError('AccessDeniedException', 'not allowed', { status: 403 }));
    service.deliver(stopped);
    await pass(86_400_000);
    expect(calls.map(({ service: name }) => name)).toEqual(['lambda', 'sqs']);
    expect(calls[1]).toMatchObject({
      caller: { kind: 'service', principal: 'events.amazonaws.com', sourceArn: ruleArn },
      input: {
        QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/dead',
        MessageAttributes: {
          RULE_ARN: { DataType: 'String', StringValue: ruleArn },
          TARGET_ARN: { StringValue: functionArn },
          ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
          ERROR_MESSAGE: { StringValue: 'not allowed' },
          RETRY_ATTEMPTS: { StringValue: '0' },
        },
      },
    });
    expect(input(1).MessageAttributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  test('is tried again with growing pauses', async () => {
    await rule({ Id: 'f', Arn: functionArn });
    failing(throttled);
    service.deliver(stopped);
    await pass(60_000);
    const times = calls.map(({ atMs }) => atMs);
    const pauses = times.slice(1).map((at, index) => at - (times[index] as number));
    expect(pauses.length).toBeGreaterThanOrEqual(4);
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(800 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(1_200 * 2 ** index);
    }
    answer = () => {};
    await pass(86_400_000);
    expect(calls.length).toBe(times.length + 1);
  });

  test('is given up after the attempts of its policy', async () => {
    await rule({
      Id: 'f',
      Arn: functionArn,
      RetryPolicy: { MaximumRetryAttempts: 2 },
      DeadLetterConfig: { Arn: deadArn },
    });
    failing(throttled);
    service.deliver(stopped);
    await pass(86_400_000);
    expect(calls.map(({ service: name }) => name)).toEqual(['lambda', 'lambda', 'lambda', 'sqs']);
    expect(calls[3]?.input).toMatchObject({
      MessageAttributes: {
        ERROR_CODE: { StringValue: 'THROTTLING' },
        RETRY_ATTEMPTS: { StringValue: '2' },
        EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
      },
    });
  });

  test('is given up after a day, within 185 attempts', async () => {
    await rule({ Id: 'f', Arn: functionArn, DeadLetterConfig: { Arn: deadArn } });
    failing(throttled);
    service.deliver(stopped);
    await pass(2 * 86_400_000);
    const attempts = calls.filter(({ service: name }) => name === 'lambda');
    expect(attempts.length).toBeGreaterThan(170);
    expect(attempts.length).toBeLessThanOrEqual(186);
    expect(calls.at(-1)?.service).toBe('sqs');
    expect(Number(calls.at(-1)?.atMs) - Number(calls[0]?.atMs)).toBeLessThanOrEqual(86_400_000);
  });
});

describe('faults that are asked for', () => {
  test('best-effort events get lost, durable ones do not', async () => {
    start({ bestEffortLossShare: 1 });
    await rule({ Id: 'f', Arn: functionArn });
    service.deliver({ ...stopped, delivery: 'best-effort' });
    service.deliver(stopped);
    await pass(10_000);
    expect(calls).toHaveLength(1);
  });

  test('a delivery happens twice', async () => {
    start({ duplicateShare: 1 });
    await rule({ Id: 'f', Arn: functionArn });
    service.deliver(stopped);
    await pass(10_000);
    expect(calls).toHaveLength(2);
    expect(text(input(0).Payload)).toBe(text(input(1).Payload));
  });

  test('a delivery happens as often as asked for, the copies in random order', async () => {
    start({ duplicateShare: 1, duplicateCopies: 5, orderJitterMs: 60_000 });
    await rule({ Id: 'q', Arn: queueArn, InputPath: '$.detail.version' });
    for (let version = 0; version < 4; version += 1) service.deliver({ ...stopped, detail: { version } });
    await pass(200_000);
    const order = calls.map(({ input }) => Number((input as { MessageBody: string }).MessageBody));
    expect(order.toSorted()).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
    expect(order).not.toEqual(order.toSorted());
  });

  test('a delivery never happens', async () => {
    start({ lossShare: 1 });
    await rule({ Id: 'f', Arn: functionArn });
    service.deliver(stopped);
    await pass(200_000);
    expect(calls).toEqual([]);
  });

  test('events overtake each other', async () => {
    start({ orderJitterMs: 60_000 });
    await rule({ Id: 'q', Arn: queueArn, InputPath: '$.detail.version' });
    for (let version = 0; version < 20; version += 1) service.deliver({ ...stopped, detail: { version } });
    await pass(120_000);
    const order = calls.map(({ input }) => Number((input as { MessageBody: string }).MessageBody));
    expect(order).toHaveLength(20);
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  });
});

describe('schedules', () => {
  test('a rate fires after each period, for as long as the rule is enabled', async () => {
    await call('PutRule', { Name: 'tick', ScheduleExpression: 'rate(1 minute)' });
    await call('PutTargets', { Rule: 'tick', Targets: [{ Id: 'f', Arn: functionArn }] });
    await pass(59_999);
    expect(calls).toEqual([]);
    await pass(120_001);
    expect(calls).toHaveLength(3);
    expect(JSON.parse(text(input(0).Payload))).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: ['arn:aws:events:us-east-1:123456789012:rule/tick'],
      detail: {},
    });
    await call('DisableRule', { Name: 'tick' });
    await pass(600_000);
    expect(calls).toHaveLength(3);
  });

  test('cron runs by the clock of UTC', async () => {
    await call('PutRule', { Name: 'noon', ScheduleExpression: 'cron(0 12 * * ? *)' });
    await call('PutTargets', { Rule: 'noon', Targets: [{ Id: 'f', Arn: functionArn }] });
    await pass(86_400_000);
    expect(calls.map(({ atMs }) => new Date(atMs).toISOString())).toEqual(['2026-01-05T12:00:00.000Z']);
  });
});

describe('PutEvents', () => {
  const put = (entries: object[]): Promise<PutEventsResponse> => call('PutEvents', { Entries: entries });
  const good = { Source: 'spill', DetailType: 'T', Detail: '{"a":1}' };

  test('answers in the order of the entries, and a bad entry fails alone', async () => {
    const output = await put([
      good,
      { ...good, Source: '' },
      { ...good, Detail: '[1]' },
      { ...good, Source: 'aws.ecs' },
      { ...good, DetailType: undefined },
    ]);
    expect(output.FailedEntryCount).toBe(4);
    expect(output.Entries?.map((entry) => entry.ErrorCode ?? 'ok')).toEqual([
      'ok',
      'InvalidArgument',
      'MalformedDetail',
      'NotAuthorizedForSourceException',
      'InvalidArgument',
    ]);
    expect(output.Entries?.[1]?.ErrorMessage).toBe(
      'Parameter Source is not valid. Reason: Source is a required argument.',
    );
  });

  test('the id of the answer is the id of the event', async () => {
    await rule({ Id: 'q', Arn: queueArn, InputPath: '$.id' }, { source: ['spill'] });
    const output = await put([{ ...good, Time: 1_767_603_600 }]);
    await pass(1_000);
    expect(input(0).MessageBody).toBe(JSON.stringify(output.Entries?.[0]?.EventId));
  });

  test('eleven entries are too many', async () => {
    await expect(put(Array(11).fill(good))).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining("at 'entries' failed to satisfy constraint"),
    });
  });
});

describe('buses', () => {
  test('a bus tells back what was stated about it, and an update leaves what it does not name (UpdateEventBus)', async () => {
    const Name = 'orders';
    const settings = { Description: 'of the shop', DeadLetterConfig: { Arn: deadArn } };
    const EventBusArn = 'arn:aws:events:us-east-1:123456789012:event-bus/orders';
    expect(await call('CreateEventBus', { Name, ...settings })).toEqual({ EventBusArn, ...settings });
    expect(await call('UpdateEventBus', { Name, Description: 'closed' })).toMatchObject({
      Arn: EventBusArn,
      Description: 'closed',
      DeadLetterConfig: { Arn: deadArn },
    });
    expect(await call('DescribeEventBus', { Name })).toMatchObject({ Description: 'closed' });
  });

  test('only buses of partners have names with slashes', async () => {
    await expect(call('CreateEventBus', { Name: 'a/b' })).rejects.toMatchObject({ code: 'ValidationException' });
  });
});

describe('TestEventPattern', () => {
  const event = { id: '1', account: '1', source: 's', time: 't', region: 'r', 'detail-type': 'd' };
  const ask = (given: object) =>
    call('TestEventPattern', { Event: JSON.stringify(given), EventPattern: '{"source":["s"]}' });

  test.each(Object.keys(event))('an event without %s cannot be tested (API_TestEventPattern)', async (name) => {
    expect(await ask(event)).toEqual({ Result: true });
    await expect(ask({ ...event, [name]: undefined })).rejects.toMatchObject({
      code: 'ValidationException',
      message: 'Parameter Event is not valid.',
    });
  });
});

describe('rules and targets', () => {
  test('an update keeps the targets, and a rule with targets cannot be deleted', async () => {
    await rule({ Id: 'f', Arn: functionArn });
    await call('PutRule', { Name: 'all', EventPattern: '{"source":["x"]}' });
    const { Targets } = (await call('ListTargetsByRule', { Rule: 'all' })) as ListTargetsByRuleResponse;
    expect(Targets).toEqual([{ Id: 'f', Arn: functionArn }]);
    await expect(call('DeleteRule', { Name: 'all' })).rejects.toMatchObject({
      message: "Rule can't be deleted since it has targets.",
    });
    await call('RemoveTargets', { Rule: 'all', Ids: ['f'] });
    await call('DeleteRule', { Name: 'all' });
    await expect(call('DescribeRule', { Name: 'all' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Rule all does not exist on EventBus default.',
    });
  });

  test.each([
    [{ Name: 'r' }, 'Parameter(s) EventPattern or ScheduleExpression must be specified.'],
    [{ Name: 'r', ScheduleExpression: 'rate(1 minutes)' }, 'Parameter ScheduleExpression is not valid.'],
    [
      { Name: 'a b', EventPattern: '{}' },
      "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+",
    ],
  ])('PutRule %j is refused', async (input, message) => {
    await expect(call('PutRule', input)).rejects.toMatchObject({ code: 'ValidationException', message });
  });

  test('a pattern that is not valid is refused with its reason', async () => {
    await expect(call('PutRule', { Name: 'r', EventPattern: '{"a": []}' })).rejects.toMatchObject({
      code: 'InvalidEventPatternException',
      message: expect.stringMatching(/^Event pattern is not valid\. Reason: Empty arrays are not allowed\n at /),
    });
  });

  test('six targets are too many, a target of a kind without a file is refused by name', async () => {
    await call('PutRule', { Name: 'all', EventPattern: '{"source":["x"]}' });
    const targets = Array.from({ length: 6 }, (_, index) => ({ Id: `t${index}`, Arn: functionArn }));
    await expect(call('PutTargets', { Rule: 'all', Targets: targets })).rejects.toMatchObject({
      code: 'LimitExceededException',
    });
    await expect(
      call('PutTargets', {
        Rule: 'all',
        Targets: [{ Id: 'b', Arn: 'arn:aws:events:us-east-1:123456789012:api-destination/other/id' }],
      }),
    ).rejects.toMatchObject({ code: 'NotModelledException' });
  });

  test('a target may be of any kind, but what nobody is behind here gets no event, and its dead letter says so', async () => {
    await rule({
      Id: 's',
      Arn: 'arn:aws:kinesis:us-east-1:123456789012:stream/orders',
      RoleArn: roleArn,
      DeadLetterConfig: { Arn: deadArn },
    });
    service.deliver(stopped);
    await pass(60_000);
    expect(calls.map(({ service: name, action }) => `${name}:${action}`)).toEqual(['sqs:SendMessage']);
    expect(JSON.stringify(calls[0]?.input)).toContain("does not model deliveries to targets of the kind 'kinesis'");
  });

  test('a target on a cluster runs a task of its definition as its role, with the overrides of its input (eb-run-ecs-task)', async () => {
    const cluster = 'arn:aws:ecs:us-east-1:123456789012:cluster/site';
    const task = 'arn:aws:ecs:us-east-1:123456789012:task-definition/work:3';
    await rule({
      Id: 't',
      Arn: cluster,
      RoleArn: roleArn,
      Input: '{"containerOverrides":[{"name":"app","command":["sweep"]}]}',
      EcsParameters: { TaskDefinitionArn: task, TaskCount: 2, LaunchType: 'EXTERNAL' },
    });
    service.deliver(stopped);
    await pass(60_000);
    expect(calls).toMatchObject([
      {
        service: 'ecs',
        action: 'RunTask',
        caller: { kind: 'role', roleArn },
        input: {
          cluster,
          taskDefinition: task,
          count: 2,
          launchType: 'EXTERNAL',
          startedBy: 'events-rule/all',
          overrides: { containerOverrides: [{ name: 'app', command: ['sweep'] }] },
        },
      },
    ]);
  });

  test('a rule that also takes management events of CloudTrail is an enabled rule (PutRule, State)', async () => {
    const State = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
    await call('PutRule', { Name: 'all', EventPattern: '{"source":["aws.ecs"]}', State });
    await call('PutTargets', { Rule: 'all', Targets: [{ Id: 'f', Arn: functionArn }] });
    service.deliver(stopped);
    await pass(60_000);
    expect(calls).toHaveLength(1);
    expect(await call('DescribeRule', { Name: 'all' })).toMatchObject({ State });
  });

  test('handing a role to a rule asks for iam:PassRole', () => {
    const asked = service.actions.PutTargets?.permissions?.(service, {
      Rule: 'all',
      Targets: [{ Id: 's', Arn: machineArn, RoleArn: roleArn }],
    } as never);
    expect(asked).toEqual([
      { action: 'events:PutTargets', resource: ruleArn },
      { action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': 'events.amazonaws.com' } },
    ]);
  });

  test('lists come in pages', async () => {
    for (const name of ['b', 'a', 'c']) await call('PutRule', { Name: name, EventPattern: '{"source":["x"]}' });
    const first = await call('ListRules', { Limit: 2 });
    const second = await call('ListRules', { Limit: 2, NextToken: first.NextToken });
    const names = [...first.Rules, ...second.Rules].map(({ Name }: { Name: string }) => Name);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(second.NextToken).toBeUndefined();
  });
});
