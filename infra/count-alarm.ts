import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

export interface CountAlarmProps {
  readonly alarmName: string;
  /** What happened, and what to do or to look at. */
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Maximum' | 'Sum';
  /** Raised in the first minute that counts this many. */
  readonly atLeast: number;
}

/**
 * An alarm on one minute of a count. No data means that nothing was counted: SQS stops sending the metrics of a queue
 * that nobody used for six hours, and Step Functions and Lambda send none for what did not happen.
 */
export class CountAlarm extends Construct {
  constructor(scope: Construct, id: string, props: CountAlarmProps) {
    super(scope, id);
    new Alarm(this, 'Alarm', {
      alarmName: props.alarmName,
      alarmDescription: props.description,
      metric: new Metric({
        namespace: props.namespace,
        metricName: props.metricName,
        dimensionsMap: { ...props.dimensions },
        statistic: props.statistic,
        period: Duration.seconds(60),
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: props.atLeast,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
