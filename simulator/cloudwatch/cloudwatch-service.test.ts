import type {
  DescribeAlarmHistoryOutput,
  DescribeAlarmsOutput,
  GetMetricDataOutput,
  GetMetricStatisticsOutput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../cloud/aws-error.ts';
import { defaultFidelity } from '../cloud/fidelity.ts';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import type { ApiCall, EmittedMetric, ServiceContext } from '../cloud/service.ts';
import { LiveKernel } from '../kernel/live-kernel.ts';
import { CloudWatchService } from './cloudwatch-service.ts';

// The virtual clock starts at 2026-01-05T09:00:00Z, a full minute.
const minute = 60_000;

const start = (metricLagMs = minute): LoneService<CloudWatchService> =>
  loneService((ctx) => new CloudWatchService(ctx), { fidelity: { metricLagMs } });

const backlog = { AlarmName: 'backlog', AlarmDescription: 'Orders wait' };
const alarm = {
  ...backlog,
  Namespace: 'AWS/SQS',
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: 'orders' }],
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: ['arn:aws:sns:us-east-1:123456789012:people'],
};

const visible = (value: number, more: Partial<EmittedMetric> = {}): EmittedMetric => ({
  namespace: 'AWS/SQS',
  name: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: 'orders' },
  value,
  ...more,
});

const stateOf = async (world: LoneService<CloudWatchService>): Promise<string | undefined> => {
  const { MetricAlarms } = await world.call<DescribeAlarmsOutput>('DescribeAlarms', { AlarmNames: ['backlog'] });
  return MetricAlarms?.[0]?.StateValue;
};

describe('alarms', () => {
  it('see a minute of AWS metrics when its lag has passed, at the next evaluation', async () => {
    const world = start();
    await world.call('PutMetricAlarm', alarm);
    await world.pass(minute);
    world.service.ingest(visible(3, { atMs: world.kernel.now() - minute }));
    await world.pass(minute);
    // The minute from 09:00 has ended at 09:01 and can be seen at 09:02; alarms are evaluated 5 s after.
    world.service.ingest(visible(50, { atMs: world.kernel.now() - minute }));
    await world.pass(minute + 4_999);
    expect(await stateOf(world)).toBe('OK');
    await world.pass(1);
    expect(await stateOf(world)).toBe('ALARM');
  });

  it('tell the event of a transition as CloudWatch does', async () => {
    const world = start(0);
    await world.call('PutMetricAlarm', { ...alarm, TreatMissingData: 'ignore' });
    world.service.ingest(visible(3));
    await world.pass(minute);
    world.service.ingest(visible(50));
    world.service.ingest(visible(12));
    await world.pass(minute + 5_000);
    expect(world.events).toHaveLength(2);
    expect(world.events[1]).toEqual({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:us-east-1:123456789012:alarm:backlog'],
      detail: {
        alarmName: 'backlog',
        configuration: {
          description: 'Orders wait',
          metrics: [
            {
              id: expect.stringMatching(/^[0-9a-f-]{36}$/),
              metricStat: {
                metric: {
                  dimensions: { QueueName: 'orders' },
                  name: 'ApproximateNumberOfMessagesVisible',
                  namespace: 'AWS/SQS',
                },
                period: 60,
                stat: 'Maximum',
              },
              returnData: true,
            },
          ],
        },
        previousState: {
          value: 'OK',
          reason:
            'Threshold Crossed: 1 out of the last 1 datapoints [3.0 (05/01/26 09:00:00)] was not greater than or equal to the threshold (10.0) (minimum 1 datapoint for ALARM -> OK transition).',
          reasonData:
            '{"version":"1.0","queryDate":"2026-01-05T09:01:05.000+0000","startDate":"2026-01-05T09:00:00.000+0000","statistic":"Maximum","period":60,"recentDatapoints":[3.0],"threshold":10.0,"evaluatedDatapoints":[{"timestamp":"2026-01-05T09:00:00.000+0000","sampleCount":1.0,"value":3.0}]}',
          timestamp: '2026-01-05T09:01:05.000+0000',
        },
        state: {
          value: 'ALARM',
          reason:
            'Threshold Crossed: 1 out of the last 1 datapoints [50.0 (05/01/26 09:01:00)] was greater than or equal to the threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition).',
          reasonData:
            '{"version":"1.0","queryDate":"2026-01-05T09:02:05.000+0000","startDate":"2026-01-05T09:01:00.000+0000","statistic":"Maximum","period":60,"recentDatapoints":[50.0],"threshold":10.0,"evaluatedDatapoints":[{"timestamp":"2026-01-05T09:01:00.000+0000","sampleCount":2.0,"value":50.0}]}',
          timestamp: '2026-01-05T09:02:05.000+0000',
        },
      },
    });
  });

  it('act on transitions only, and not while their actions are off', async () => {
    const world = start(0);
    await world.call('PutMetricAlarm', alarm);
    const actions = async () =>
      (
        await world.call<DescribeAlarmHistoryOutput>('DescribeAlarmHistory', {
          AlarmName: 'backlog',
          HistoryItemType: 'Action',
        })
      ).AlarmHistoryItems?.length;
    for (let round = 0; round < 5; round += 1) {
      world.service.ingest(visible(50));
      await world.pass(minute);
    }
    expect(await actions()).toBe(1);
    await world.call('DisableAlarmActions', { AlarmNames: ['backlog'] });
    await world.call('SetAlarmState', { AlarmName: 'backlog', StateValue: 'OK', StateReason: 'test' });
    await world.pass(2 * minute);
    expect(await actions()).toBe(1);
  });

  it('call a function with the alarm and both of its states, and note when they may not (alarms-and-actions-Lambda)', async () => {
    const calls: ApiCall[] = [];
    const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:page';
    const world = loneService(
      (ctx) =>
        new CloudWatchService({
          ...ctx,
          call: async (call) => {
            calls.push(call);
            if (calls.length > 1) throw new AwsError('AccessDeniedException', 'not allowed');
          },
        }),
    );
    await world.call('PutMetricAlarm', { ...alarm, AlarmActions: [functionArn], OKActions: [functionArn] });
    const set = (StateValue: string) =>
      world.call('SetAlarmState', { AlarmName: 'backlog', StateValue, StateReason: 'test' });
    await set('ALARM');
    await set('OK');
    expect(calls[0]).toMatchObject({
      service: 'lambda',
      action: 'Invoke',
      caller: { kind: 'service', principal: 'lambda.alarms.cloudwatch.amazonaws.com' },
      input: { FunctionName: functionArn, InvocationType: 'Event' },
    });
    const [first] = calls as readonly { readonly input: { readonly Payload: Uint8Array } }[];
    expect(JSON.parse(new TextDecoder().decode(first?.input.Payload))).toMatchObject({
      source: 'aws.cloudwatch',
      alarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:backlog',
      accountId: '123456789012',
      region: 'us-east-1',
      alarmData: {
        alarmName: 'backlog',
        state: { value: 'ALARM', reason: 'test' },
        previousState: { value: 'INSUFFICIENT_DATA' },
        configuration: { description: 'Orders wait' },
      },
    });
    const { AlarmHistoryItems = [] } = await world.call<DescribeAlarmHistoryOutput>('DescribeAlarmHistory', {
      HistoryItemType: 'Action',
    });
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary).sort()).toEqual([
      `Failed to execute action ${functionArn}. Received error: "not allowed"`,
      `Successfully executed action ${functionArn}`,
    ]);
  });

  it('come back from a state that was set by hand, at the next evaluation', async () => {
    const world = start(0);
    await world.call('PutMetricAlarm', alarm);
    world.service.ingest(visible(1));
    await world.pass(minute + 5_000);
    await world.call('SetAlarmState', { AlarmName: 'backlog', StateValue: 'ALARM', StateReason: 'drill' });
    expect(await stateOf(world)).toBe('ALARM');
    expect(world.events.at(-1)?.detail.state).toMatchObject({ value: 'ALARM', reason: 'drill' });
    const told = world.events.length;
    await world.call('SetAlarmState', { AlarmName: 'backlog', StateValue: 'ALARM', StateReason: 'again' });
    expect(world.events).toHaveLength(told);
    world.service.ingest(visible(1));
    await world.pass(minute);
    expect(await stateOf(world)).toBe('OK');
  });

  it('explain missing data', async () => {
    const world = start(0);
    await world.call('PutMetricAlarm', { ...alarm, EvaluationPeriods: 2, DatapointsToAlarm: undefined });
    await world.pass(minute);
    expect(world.events.at(-1)?.detail.state).toMatchObject({
      value: 'OK',
      reason:
        'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [NonBreaching].',
    });
  });

  it('evaluate metric math', async () => {
    const world = start(0);
    const metric = (name: string) => ({
      MetricStat: { Metric: { Namespace: 'Shop', MetricName: name }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    await world.call('PutMetricAlarm', {
      ...backlog,
      Metrics: [
        { Id: 'm1', ...metric('waiting') },
        { Id: 'm2', ...metric('tasks') },
        { Id: 'perTask', Expression: 'FILL(m1, 0) / m2', Label: 'Backlog per task', ReturnData: true },
      ],
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    const put = (name: string, value: number) =>
      world.service.ingest({ namespace: 'Shop', name, dimensions: {}, value });
    put('waiting', 12);
    put('tasks', 2);
    await world.pass(minute + 5_000);
    expect(await stateOf(world)).toBe('ALARM');
    expect(world.events[0]?.detail.configuration).toMatchObject({
      metrics: [
        { id: 'm1' },
        { id: 'm2' },
        { id: 'perTask', expression: 'FILL(m1, 0) / m2', label: 'Backlog per task' },
      ],
    });
    put('tasks', 2);
    await world.pass(minute);
    expect(await stateOf(world)).toBe('OK');
  });

  it('keep their state when their definition changes', async () => {
    const world = start(0);
    await world.call('PutMetricAlarm', alarm);
    world.service.ingest(visible(50));
    await world.pass(minute + 5_000);
    await world.call('PutMetricAlarm', { ...alarm, Threshold: 100 });
    expect(await stateOf(world)).toBe('ALARM');
  });

  it('are missing by the name that CloudWatch gives', async () => {
    const world = start();
    await expect(world.call('DeleteAlarms', { AlarmNames: ['nothing'] })).rejects.toMatchObject({
      code: 'ResourceNotFound',
      status: 404,
    });
  });

  it('cost nothing while there are none, and little on an idle day', async () => {
    const world = start();
    await world.pass(24 * 60 * minute);
    expect(world.kernel.processed).toBe(0);
    for (let index = 0; index < 20; index += 1)
      await world.call('PutMetricAlarm', { ...alarm, AlarmName: `a${index}` });
    await world.pass(24 * 60 * minute);
    expect(world.kernel.processed).toBe(24 * 60);
    await world.call('DeleteAlarms', { AlarmNames: Array.from({ length: 20 }, (_, index) => `a${index}`) });
    await world.pass(24 * 60 * minute);
    expect(world.kernel.processed).toBe(24 * 60 + 1);
  });
});

describe('live', () => {
  it('evaluates a period of 60 s as 6 s of wall time at a pace of 10', async () => {
    let nowMs = Date.parse('2026-01-05T09:00:00Z');
    const timers: { readonly atMs: number; readonly run: () => void | Promise<void> }[] = [];
    // A live kernel whose timers are stepped by the test.
    class SteppedKernel extends LiveKernel {
      override after(delayMs: number, _label: string, task: () => void | Promise<void>) {
        timers.push({ atMs: nowMs + delayMs, run: task });
        return { cancel: () => undefined };
      }
    }
    const kernel = new SteppedKernel({ seed: 1, pace: 10, wallClock: () => nowMs });
    const states: string[] = [];
    const ctx: ServiceContext = {
      kernel,
      accountId: '123456789012',
      region: 'us-east-1',
      fidelity: defaultFidelity,
      call: () => Promise.resolve({}),
      emit: ({ detail }) => void states.push(`${(detail.state as { value: string }).value} at ${nowMs % 60_000}`),
      metric: () => undefined,
      log: () => undefined,
    };
    const service = new CloudWatchService(ctx);
    await service.actions.PutMetricAlarm?.run(service, alarm, {
      caller: { kind: 'operator', arn: '' },
    });
    service.ingest(visible(50));
    for (let round = 0; round < 3; round += 1) {
      const next = timers.shift();
      nowMs = next?.atMs ?? nowMs;
      await next?.run();
    }
    // Nothing was seen at 0.5 s and 6.5 s: the period ended at 6 s, and its lag of 60 s is 6 s here.
    expect(states).toEqual(['OK at 500', 'ALARM at 12500']);
  });
});

describe('metrics', () => {
  const put = (world: LoneService<CloudWatchService>, data: readonly object[]) =>
    world.call('PutMetricData', { Namespace: 'Shop', MetricData: data });

  it('are read by period and statistic, the newest first', async () => {
    const world = start();
    const startMs = world.kernel.now();
    await put(world, [
      { MetricName: 'delay', Value: 1 },
      { MetricName: 'delay', Values: [2, 6], Counts: [2, 1] },
    ]);
    await world.pass(minute);
    await put(world, [{ MetricName: 'delay', StatisticValues: { SampleCount: 4, Sum: 20, Minimum: 2, Maximum: 9 } }]);
    const query = (Id: string, Stat: string, Period = 60) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'delay' }, Period, Stat },
    });
    const { MetricDataResults = [] } = await world.call<GetMetricDataOutput>('GetMetricData', {
      StartTime: new Date(startMs),
      EndTime: new Date(startMs + 2 * minute),
      MetricDataQueries: [
        query('sum', 'Sum'),
        query('average', 'Average'),
        query('maximum', 'Maximum', 300),
        { Id: 'twice', Expression: 'sum * 2', Period: 60 },
      ],
    });
    expect(Object.fromEntries(MetricDataResults.map(({ Id, Values }) => [Id, Values]))).toEqual({
      sum: [20, 11],
      average: [5, 2.75],
      maximum: [9],
      twice: [40, 22],
    });
    expect(MetricDataResults[0]?.Timestamps?.map((time) => time.getTime() - startMs)).toEqual([minute, 0]);
  });

  it('come in answers of MaxDatapoints each; a result that goes on is PartialData (API_GetMetricData)', async () => {
    const world = start();
    const startMs = world.kernel.now();
    for (let index = 0; index < 3; index += 1) {
      await put(world, [
        { MetricName: 'a', Value: index },
        { MetricName: 'b', Value: 10 + index },
      ]);
      await world.pass(minute);
    }
    const ask = (NextToken?: string) =>
      world.call<GetMetricDataOutput>('GetMetricData', {
        StartTime: new Date(startMs),
        EndTime: new Date(startMs + 3 * minute),
        ScanBy: 'TimestampAscending',
        MaxDatapoints: 4,
        ...(NextToken === undefined ? {} : { NextToken }),
        MetricDataQueries: ['a', 'b'].map((MetricName) => ({
          Id: MetricName,
          MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' },
        })),
      });
    const shown = ({ MetricDataResults = [] }: GetMetricDataOutput) =>
      MetricDataResults.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]);
    const first = await ask();
    expect(shown(first)).toEqual([
      ['a', [0, 1, 2], 'Complete'],
      ['b', [10], 'PartialData'],
    ]);
    const second = await ask(first.NextToken);
    expect(shown(second)).toEqual([['b', [11, 12], 'Complete']]);
    expect(second.NextToken).toBeUndefined();
  });

  it('of different units are datapoints of their own where no unit is asked for (API_GetMetricStatistics)', async () => {
    const world = start();
    await put(world, [
      { MetricName: 'delay', Value: 1, Unit: 'Seconds' },
      { MetricName: 'delay', Value: 5, Unit: 'Milliseconds' },
      { MetricName: 'delay', Value: 3, Unit: 'Seconds' },
    ]);
    const ask = async (more: object) =>
      (
        await world.call<GetMetricStatisticsOutput>('GetMetricStatistics', {
          Namespace: 'Shop',
          MetricName: 'delay',
          StartTime: new Date(world.kernel.now() - minute),
          EndTime: new Date(world.kernel.now() + minute),
          Period: 60,
          Statistics: ['Sum'],
          ...more,
        })
      ).Datapoints?.map(({ Sum, Unit }) => [Sum, Unit]);
    expect(await ask({})).toEqual([
      [4, 'Seconds'],
      [5, 'Milliseconds'],
    ]);
    expect(await ask({ Unit: 'Milliseconds' })).toEqual([[5, 'Milliseconds']]);
    expect(await ask({ Unit: 'Count' })).toEqual([]);
  });

  it('with a value of the last three hours are the recently active ones (API_ListMetrics)', async () => {
    const world = start();
    await put(world, [{ MetricName: 'old', Value: 1 }]);
    await world.pass(3 * 60 * minute + minute);
    await put(world, [{ MetricName: 'new', Value: 1 }]);
    expect(await world.call('ListMetrics', { Namespace: 'Shop', RecentlyActive: 'PT3H' })).toEqual({
      Metrics: [{ Namespace: 'Shop', MetricName: 'new', Dimensions: [] }],
    });
  });

  it('are told apart by exactly their dimensions', async () => {
    const world = start();
    await put(world, [{ MetricName: 'delay', Value: 1, Dimensions: [{ Name: 'service', Value: 'orders' }] }]);
    const read = (Dimensions: object[]) =>
      world.call<GetMetricStatisticsOutput>('GetMetricStatistics', {
        Namespace: 'Shop',
        MetricName: 'delay',
        Dimensions,
        StartTime: new Date(world.kernel.now() - minute),
        EndTime: new Date(world.kernel.now() + minute),
        Period: 60,
        Statistics: ['Sum'],
      });
    expect((await read([])).Datapoints).toEqual([]);
    expect((await read([{ Name: 'service', Value: 'orders' }])).Datapoints?.[0]?.Sum).toBe(1);
    expect(await world.call('ListMetrics', { Namespace: 'Shop' })).toEqual({
      Metrics: [{ Namespace: 'Shop', MetricName: 'delay', Dimensions: [{ Name: 'service', Value: 'orders' }] }],
    });
  });

  it('refuse times out of range, and names of AWS', async () => {
    const world = start();
    const at = (ms: number) =>
      put(world, [{ MetricName: 'delay', Value: 1, Timestamp: new Date(world.kernel.now() + ms) }]);
    await at(2 * 3_600_000);
    await expect(at(2 * 3_600_000 + 1)).rejects.toMatchObject({ queryCode: 'InvalidParameterValue' });
    await expect(world.call('PutMetricData', { Namespace: 'AWS/SQS', MetricData: [] })).rejects.toThrow('AWS/SQS');
  });
});
