import type { DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { CloudWatchService } from './cloudwatch-service.ts';

let world: LoneService<CloudWatchService>;
const arn = (name: string): string => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`;

beforeEach(async () => {
  world = loneService((ctx) => new CloudWatchService(ctx));
  for (const AlarmName of ['web', 'worker'])
    await world.call('PutMetricAlarm', {
      AlarmName,
      Namespace: 'shop',
      MetricName: AlarmName,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'ignore',
    });
});

const put = (more: object = {}): Promise<unknown> =>
  world.call('PutCompositeAlarm', { AlarmName: 'shop', AlarmRule: 'ALARM("web") OR ALARM("worker")', ...more });

const set = async (AlarmName: string, StateValue: string): Promise<void> => {
  await world.call('SetAlarmState', { AlarmName, StateValue, StateReason: 'by hand' });
  await world.pass(1_000);
};

const shop = async () =>
  (await world.call<DescribeAlarmsOutput>('DescribeAlarms', { AlarmTypes: ['CompositeAlarm'] })).CompositeAlarms?.[0];

describe('composite alarms', () => {
  it('start without data, and then are what their rule means', async () => {
    await put({ AlarmDescription: 'anything' });
    expect(await shop()).toMatchObject({ StateValue: 'INSUFFICIENT_DATA', AlarmDescription: 'anything' });
    await world.pass(1_000);
    expect(await shop()).toMatchObject({
      AlarmArn: arn('shop'),
      AlarmRule: 'ALARM("web") OR ALARM("worker")',
      StateValue: 'OK',
      StateReason: `${arn('shop')} was created and its alarm rule evaluates to OK`,
    });
  });

  it('are the parents of the alarms that their rules name (API_DescribeAlarms)', async () => {
    await put();
    const ask = (input: object) => world.call<DescribeAlarmsOutput>('DescribeAlarms', input);
    const child = (AlarmName: string) => ({ AlarmName, AlarmArn: arn(AlarmName), StateValue: 'INSUFFICIENT_DATA' });
    expect(await ask({ ChildrenOfAlarmName: 'shop' })).toEqual({
      CompositeAlarms: [],
      MetricAlarms: [child('web'), child('worker')],
    });
    expect(await ask({ ParentsOfAlarmName: 'web' })).toEqual({
      CompositeAlarms: [{ AlarmName: 'shop', AlarmArn: arn('shop') }],
      MetricAlarms: [],
    });
    expect(await ask({ ParentsOfAlarmName: 'shop' })).toEqual({ CompositeAlarms: [], MetricAlarms: [] });
  });

  it('follow their children, and say which one changed them', async () => {
    await put({ AlarmActions: ['arn:aws:sns:us-east-1:123456789012:people'] });
    await world.pass(1_000);
    await set('worker', 'ALARM');
    expect(await shop()).toMatchObject({
      StateValue: 'ALARM',
      StateReason: `${arn('worker')} transitioned to ALARM at Monday 05 January, 2026 09:00:01 UTC`,
    });
    expect(JSON.parse((await shop())?.StateReasonData ?? '')).toEqual({
      triggeringAlarms: [{ arn: arn('worker'), state: { value: 'ALARM', timestamp: '2026-01-05T09:00:01.000+0000' } }],
    });
    const events = world.events.filter(({ resources }) => resources[0] === arn('shop'));
    expect(events.at(-1)?.detail).toMatchObject({
      alarmName: 'shop',
      configuration: { alarmRule: 'ALARM("web") OR ALARM("worker")' },
      previousState: { value: 'OK' },
      state: { value: 'ALARM' },
    });
    await set('web', 'ALARM');
    await set('worker', 'OK');
    expect(await shop()).toMatchObject({ StateValue: 'ALARM' });
    await set('web', 'OK');
    expect(await shop()).toMatchObject({ StateValue: 'OK' });
  });

  it('may watch each other', async () => {
    await put();
    await world.call('PutCompositeAlarm', { AlarmName: 'all', AlarmRule: 'NOT OK(shop)' });
    await world.pass(1_000);
    await set('web', 'ALARM');
    const { CompositeAlarms } = await world.call<DescribeAlarmsOutput>('DescribeAlarms', {
      AlarmTypes: ['CompositeAlarm'],
      AlarmNames: ['all'],
    });
    expect(CompositeAlarms?.[0]?.StateReason).toContain(`${arn('shop')} transitioned to ALARM`);
  });

  it('are shown to those who ask for them only, and go when they are deleted', async () => {
    await put();
    const shown = await world.call<DescribeAlarmsOutput>('DescribeAlarms', {});
    expect(shown.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['web', 'worker']);
    expect(shown.CompositeAlarms).toEqual([]);
    await world.call('DeleteAlarms', { AlarmNames: ['shop'] });
    expect(await shop()).toBeUndefined();
  });

  it('need alarms that exist', async () => {
    await expect(put({ AlarmRule: 'ALARM(web) AND OK(gone)' })).rejects.toMatchObject({
      queryCode: 'ValidationError',
      message: 'Could not save the composite alarm as alarms [gone] in the alarm rule do not exist',
    });
  });
});

describe('PutMetricData', () => {
  it.each([
    [
      { Value: 1, Values: [1] },
      'InvalidParameterCombination',
      'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
    ],
    [
      { Values: [1, 2], Counts: [1] },
      'InvalidParameterValue',
      'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
    ],
  ])('refuses %j', async (datum, queryCode, message) => {
    await expect(
      world.call('PutMetricData', { Namespace: 'shop', MetricData: [{ MetricName: 'orders', ...datum }] }),
    ).rejects.toMatchObject({ queryCode, message });
  });
});
