import type { MetricDatum, PutMetricDataInput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { invalidCombination, invalidValue, missingParameter } from '../errors.ts';
import { dimensionsOf, type Sample } from '../metric-store.ts';
import { readTime } from '../times.ts';

/** Values older than two weeks, or more than two hours ahead, are refused (PutMetricData). */
const pastMaxMs = 14 * 86_400_000;
const futureMaxMs = 2 * 3_600_000;

export const putMetricData: ActionDefinition<CloudWatchService, PutMetricDataInput, void> = {
  refuses: ['EntityMetricData', 'StrictEntityValidation'],
  permissions: (_service, input) => [
    {
      action: 'cloudwatch:PutMetricData',
      resource: '*',
      context: { 'cloudwatch:namespace': input.Namespace ?? '' },
    },
  ],
  run: (service, input) => {
    const namespace = input.Namespace;
    if (!namespace) throw missingParameter('Namespace');
    if (namespace.startsWith('AWS/'))
      throw invalidValue(`The value ${namespace} for parameter Namespace is invalid. It must not start with AWS/.`);
    const nowMs = service.ctx.kernel.now();
    // All are checked before any is kept.
    const values = (input.MetricData ?? []).map((datum, index) => {
      const at = `MetricData.member.${index + 1}`;
      if (!datum.MetricName) throw missingParameter(`${at}.MetricName`);
      const atMs = datum.Timestamp === undefined ? nowMs : readTime(datum.Timestamp, `${at}.Timestamp`);
      if (atMs < nowMs - pastMaxMs || atMs > nowMs + futureMaxMs)
        throw invalidValue(
          `The parameter ${at}.Timestamp must specify a time within the past two weeks and at most two hours ahead.`,
        );
      return { datum, name: datum.MetricName, atMs, samples: samplesOf(datum, at) };
    });
    for (const { datum, name, atMs, samples } of values)
      for (const sample of samples)
        service.store.add(
          { namespace, name, dimensions: dimensionsOf(datum.Dimensions) },
          sample,
          datum.Unit ?? 'None',
          atMs,
          datum.StorageResolution === 1,
        );
  },
};

const samplesOf = (datum: MetricDatum, at: string): readonly Sample[] => {
  const { StatisticValues: statistics, Values: values, Value: value } = datum;
  const given = (['Value', 'Values', 'StatisticValues'] as const).filter((member) => datum[member] !== undefined);
  if (given.length > 1)
    throw invalidCombination(
      `The parameters ${at}.${given[0]} and ${at}.${given[1]} are mutually exclusive and you have specified both.`,
    );
  if (values && datum.Counts && values.length !== datum.Counts.length)
    throw invalidValue(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`);
  if (statistics)
    return [
      {
        count: statistics.SampleCount ?? 0,
        sum: statistics.Sum ?? 0,
        minimum: statistics.Minimum ?? 0,
        maximum: statistics.Maximum ?? 0,
      },
    ];
  if (values)
    return values.map((each, index) => {
      const count = datum.Counts?.[index] ?? 1;
      return { count, sum: each * count, minimum: each, maximum: each };
    });
  if (value === undefined) throw missingParameter(`${at}.Value`);
  if (!Number.isFinite(value)) throw invalidValue(`The value ${value} for parameter ${at}.Value is invalid.`);
  return [{ count: 1, sum: value, minimum: value, maximum: value }];
};
