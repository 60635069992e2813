import type { GetMetricStreamOutput, MetricStreamEntry, PutMetricStreamInput } from '@aws-sdk/client-cloudwatch';

/** A metric stream as it was put. Nothing is streamed here: the streams of Firehose lead nowhere. */
export interface MetricStream {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  readonly input: PutMetricStreamInput;
  readonly modifiedMs: number;
  readonly state: 'running' | 'stopped';
  readonly tags: Map<string, string>;
}

/** A stream as lists show it. */
export const listedStream = ({ name, arn, createdMs, modifiedMs, state, input }: MetricStream): MetricStreamEntry => ({
  Arn: arn,
  CreationDate: new Date(createdMs),
  LastUpdateDate: new Date(modifiedMs),
  Name: name,
  FirehoseArn: input.FirehoseArn,
  State: state,
  OutputFormat: input.OutputFormat,
});

export const describeStream = (stream: MetricStream): GetMetricStreamOutput => {
  const { IncludeFilters, ExcludeFilters, RoleArn, StatisticsConfigurations, IncludeLinkedAccountsMetrics } =
    structuredClone(stream.input);
  return {
    ...listedStream(stream),
    RoleArn,
    ...(IncludeFilters === undefined ? {} : { IncludeFilters }),
    ...(ExcludeFilters === undefined ? {} : { ExcludeFilters }),
    ...(StatisticsConfigurations === undefined ? {} : { StatisticsConfigurations }),
    IncludeLinkedAccountsMetrics: IncludeLinkedAccountsMetrics ?? false,
  };
};
