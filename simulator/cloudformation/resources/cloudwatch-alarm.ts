import { isObject, type JsonObject } from '../json.ts';
import { flag, list, number, pick, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const plain = [
  'AlarmActions',
  'AlarmDescription',
  'ComparisonOperator',
  'Dimensions',
  'EvaluateLowSampleCountPercentile',
  'ExtendedStatistic',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'OKActions',
  'Statistic',
  'ThresholdMetricId',
  'TreatMissingData',
  'Unit',
];

const numbers = ['DatapointsToAlarm', 'EvaluationPeriods', 'Period', 'Threshold'];

/** Numbers and booleans inside of Metrics may be text in a template. */
const metric = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  const stat = value.MetricStat;
  return {
    ...value,
    ...(value.Period === undefined ? {} : { Period: number(value, 'Period') }),
    ...(value.ReturnData === undefined ? {} : { ReturnData: flag(value, 'ReturnData') }),
    ...(isObject(stat) ? { MetricStat: { ...stat, Period: number(stat, 'Period') } } : {}),
  };
};

const put = async (context: ResourceContext, AlarmName: string, properties: Properties): Promise<void> => {
  const actionsEnabled = flag(properties, 'ActionsEnabled');
  const counted: JsonObject = Object.fromEntries(
    numbers.filter((name) => properties[name] !== undefined).map((name) => [name, number(properties, name)]),
  );
  await context.call('cloudwatch', 'PutMetricAlarm', {
    AlarmName,
    ...pick(properties, ...plain),
    ...counted,
    ...(actionsEnabled === undefined ? {} : { ActionsEnabled: actionsEnabled }),
    ...(properties.Metrics === undefined ? {} : { Metrics: list(properties, 'Metrics').map(metric) }),
    ...(properties.Tags === undefined ? {} : { Tags: tagList(properties) }),
  });
};

export const cloudWatchAlarm: ResourceProvider = {
  type: 'AWS::CloudWatch::Alarm',
  properties: [...plain, ...numbers, 'ActionsEnabled', 'AlarmName', 'Metrics', 'Tags'],
  attributes: ['Arn'],
  replacedBy: ['AlarmName'],
  create: async (context, properties) => {
    const name = text(properties, 'AlarmName') ?? context.name({ maxLength: 255 });
    await put(context, name, properties);
    const Arn = `arn:aws:cloudwatch:${context.region}:${context.accountId}:alarm:${name}`;
    return { physicalId: name, attributes: { Arn } };
  },
  update: async (context, { before, properties }) => {
    await put(context, before.physicalId, properties);
    return before;
  },
  delete: async (context, existing) => {
    await context.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [existing.physicalId] });
  },
};
