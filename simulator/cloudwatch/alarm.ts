import type { MetricAlarm, MetricDataQuery, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { notModelled } from '../cloud/aws-error.ts';
import { invalidCombination, missingParameter, validation } from './errors.ts';
import { dimensionsOf } from './metric-store.ts';
import { StatefulAlarm, type StateNote } from './stateful-alarm.ts';
import { readStatistic, type Statistic } from './statistic.ts';
import { alarmTime } from './times.ts';
import type { AlarmRule, MissingData } from './verdict.ts';

const comparisons: readonly string[] = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanOrEqualToThreshold',
  'LessThanThreshold',
];
const missingDataChoices: readonly string[] = ['breaching', 'ignore', 'missing', 'notBreaching'];

/** One thing that an alarm reads: a metric with its statistic, or an expression over others. */
export type AlarmQuery =
  | {
      readonly kind: 'metric';
      readonly id: string;
      readonly namespace: string;
      readonly name: string;
      readonly dimensions: Readonly<Record<string, string>>;
      readonly statistic: Statistic;
      readonly unit: string | undefined;
      readonly label: string | undefined;
    }
  | {
      readonly kind: 'expression';
      readonly id: string;
      readonly expression: string;
      readonly label: string | undefined;
    };

/** A metric alarm: its definition as it was put, and its state. */
export class Alarm extends StatefulAlarm {
  override readonly type = 'MetricAlarm';
  readonly #metricId: string;
  input!: PutMetricAlarmInput;
  rule!: AlarmRule;
  queries!: readonly AlarmQuery[];
  /** The id of the query whose values are compared with the threshold. */
  returned!: string;
  periodSeconds!: number;

  /** @param metricId the id that an alarm on a single metric shows for it in its events */
  constructor(name: string, arn: string, metricId: string, nowMs: number) {
    super(name, arn, nowMs);
    this.#metricId = metricId;
  }

  /** Takes over a checked definition; the state stays as it is until the next evaluation. */
  define(input: PutMetricAlarmInput, nowMs: number): void {
    const { queries, returned, periodSeconds } = readQueries(input, this.#metricId);
    this.input = structuredClone(input);
    this.queries = queries;
    this.returned = returned;
    this.periodSeconds = periodSeconds;
    this.rule = readRule(input);
    this.actionsEnabled = input.ActionsEnabled ?? true;
    this.configuredMs = nowMs;
  }

  describe(): MetricAlarm {
    const { input } = this;
    const copied = [
      'AlarmDescription',
      'DatapointsToAlarm',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'MetricName',
      'Metrics',
      'Namespace',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
      'Unit',
      'ComparisonOperator',
    ] as const;
    return {
      ...this.describeState(),
      Dimensions: (input.Dimensions ?? []).map((dimension) => ({ ...dimension })),
      ...Object.fromEntries(
        copied.filter((key) => input[key] !== undefined).map((key) => [key, structuredClone(input[key])]),
      ),
    };
  }

  /** Dimensions are an object here, not a list. */
  override configuration(): Readonly<Record<string, unknown>> {
    const description = this.input.AlarmDescription;
    return {
      ...(description === undefined ? {} : { description }),
      metrics: this.queries.map((query) => ({
        ...(query.kind === 'expression' ? { expression: query.expression } : {}),
        id: query.id,
        ...(query.label === undefined ? {} : { label: query.label }),
        ...(query.kind === 'metric'
          ? {
              metricStat: {
                metric: { dimensions: { ...query.dimensions }, name: query.name, namespace: query.namespace },
                period: this.periodSeconds,
                stat: query.statistic,
                ...(query.unit === undefined ? {} : { unit: query.unit }),
              },
            }
          : {}),
        returnData: query.id === this.returned,
      })),
    };
  }
}

/** A state as the event of a state change shows it. */
export const showState = (note: StateNote): Readonly<Record<string, unknown>> => ({
  value: note.value,
  reason: note.reason,
  ...(note.reasonData === undefined ? {} : { reasonData: note.reasonData }),
  timestamp: alarmTime(note.atMs),
});

const readRule = (input: PutMetricAlarmInput): AlarmRule => {
  const { ComparisonOperator: comparison, EvaluationPeriods: periods, Threshold: threshold } = input;
  if (comparison === undefined) throw missingParameter('ComparisonOperator');
  if (!comparisons.includes(comparison)) {
    if (/Upper|Lower/.test(comparison)) throw notModelled('anomaly detection alarms');
    throw validation(
      `1 validation error detected: Value '${comparison}' at 'comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: [${comparisons.join(', ')}]`,
    );
  }
  if (periods === undefined) throw missingParameter('EvaluationPeriods');
  if (threshold === undefined) throw missingParameter('Threshold');
  const toAlarm = input.DatapointsToAlarm ?? periods;
  if (periods < 1 || toAlarm < 1 || toAlarm > periods)
    throw validation(
      'EvaluationPeriods and DatapointsToAlarm must be at least 1, DatapointsToAlarm at most EvaluationPeriods',
    );
  const missingData = input.TreatMissingData ?? 'missing';
  if (!missingDataChoices.includes(missingData))
    throw validation(
      `Unsupported treat missing data value. [The value ${missingData} must be one of ${missingDataChoices}]`,
    );
  return {
    comparison,
    threshold,
    evaluationPeriods: periods,
    datapointsToAlarm: toAlarm,
    missingData: missingData as MissingData,
  };
};

const readQueries = (
  input: PutMetricAlarmInput,
  metricId: string,
): { readonly queries: readonly AlarmQuery[]; readonly returned: string; readonly periodSeconds: number } => {
  if (input.ThresholdMetricId !== undefined) throw notModelled('anomaly detection alarms');
  if (input.Metrics === undefined) {
    const { MetricName, Namespace, Statistic, ExtendedStatistic, Period } = input;
    if (!MetricName) throw missingParameter('MetricName');
    if (!Namespace) throw missingParameter('Namespace');
    if (Statistic && ExtendedStatistic)
      throw invalidCombination('The parameters Statistic and ExtendedStatistic are mutually exclusive.');
    const statistic = Statistic ?? ExtendedStatistic;
    if (!statistic) throw missingParameter('Statistic');
    if (!Period) throw missingParameter('Period');
    checkPeriod(Period, input.EvaluationPeriods ?? 1);
    const query: AlarmQuery = {
      kind: 'metric',
      id: metricId,
      namespace: Namespace,
      name: MetricName,
      dimensions: dimensionsOf(input.Dimensions),
      statistic: readStatistic(statistic),
      unit: input.Unit,
      label: undefined,
    };
    return { queries: [query], returned: metricId, periodSeconds: Period };
  }
  const periods = new Set<number>();
  const queries = input.Metrics.map((query): AlarmQuery => readQuery(query, periods));
  const returned = input.Metrics.filter(({ ReturnData, Id }) => (ReturnData ?? true) && Id !== undefined);
  if (returned.length !== 1) throw validation('Exactly one element of the metrics list should return data.');
  const [period] = periods;
  if (periods.size !== 1 || period === undefined)
    throw validation('Metrics list must contain at least one metric, and all metrics must have the same period');
  checkPeriod(period, input.EvaluationPeriods ?? 1);
  return { queries, returned: returned[0]?.Id as string, periodSeconds: period };
};

const readQuery = (query: MetricDataQuery, periods: Set<number>): AlarmQuery => {
  const { Id: id, Label: label } = query;
  if (!id || !/^[a-z][A-Za-z0-9_]*$/.test(id))
    throw validation(`The value '${id}' for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`);
  if (query.Expression !== undefined) return { kind: 'expression', id, expression: query.Expression, label };
  const stat = query.MetricStat;
  if (!stat?.Metric?.MetricName || !stat.Metric.Namespace || !stat.Period)
    throw validation(`The query '${id}' needs an Expression or a MetricStat`);
  periods.add(stat.Period);
  return {
    kind: 'metric',
    id,
    namespace: stat.Metric.Namespace,
    name: stat.Metric.MetricName,
    dimensions: dimensionsOf(stat.Metric.Dimensions),
    statistic: readStatistic(stat.Stat),
    unit: stat.Unit,
    label,
  };
};

const checkPeriod = (seconds: number, evaluationPeriods: number): void => {
  if (seconds !== 10 && seconds !== 20 && seconds !== 30 && (seconds <= 0 || seconds % 60 !== 0))
    throw validation('Period must be 10, 20, 30 or a multiple of 60');
  if (seconds * evaluationPeriods > 86_400)
    throw validation('Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).');
};
