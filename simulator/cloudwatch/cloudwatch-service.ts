import type {
  ActionDefinition,
  EmittedMetric,
  Permission,
  ServiceContext,
  SimulatedService,
} from '../cloud/service.ts';
import { deleteAlarms } from './actions/delete-alarms.ts';
import { describeAlarmHistory } from './actions/describe-alarm-history.ts';
import { describeAlarms } from './actions/describe-alarms.ts';
import { describeAlarmsForMetric } from './actions/describe-alarms-for-metric.ts';
import { disableAlarmActions } from './actions/disable-alarm-actions.ts';
import { enableAlarmActions } from './actions/enable-alarm-actions.ts';
import { getMetricData } from './actions/get-metric-data.ts';
import { getMetricStatistics } from './actions/get-metric-statistics.ts';
import { listMetrics } from './actions/list-metrics.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { putMetricAlarm } from './actions/put-metric-alarm.ts';
import { putMetricData } from './actions/put-metric-data.ts';
import { setAlarmState } from './actions/set-alarm-state.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import type { Alarm } from './alarm.ts';
import { AlarmClock } from './alarm-clock.ts';
import { resourceNotFound } from './errors.ts';
import { MetricReader } from './metric-reader.ts';
import { MetricStore } from './metric-store.ts';

/** Amazon CloudWatch metrics and metric alarms; composite and anomaly detection alarms are refused by name. */
export class CloudWatchService implements SimulatedService {
  readonly name = 'cloudwatch';
  readonly ctx: ServiceContext;
  readonly store: MetricStore;
  readonly reader: MetricReader;
  readonly alarms = new Map<string, Alarm>();
  readonly clock: AlarmClock;

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<CloudWatchService, any, any>>> = {
    DeleteAlarms: deleteAlarms,
    DescribeAlarmHistory: describeAlarmHistory,
    DescribeAlarms: describeAlarms,
    DescribeAlarmsForMetric: describeAlarmsForMetric,
    DisableAlarmActions: disableAlarmActions,
    EnableAlarmActions: enableAlarmActions,
    GetMetricData: getMetricData,
    GetMetricStatistics: getMetricStatistics,
    ListMetrics: listMetrics,
    ListTagsForResource: listTagsForResource,
    PutMetricAlarm: putMetricAlarm,
    PutMetricData: putMetricData,
    SetAlarmState: setAlarmState,
    TagResource: tagResource,
    UntagResource: untagResource,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
    this.store = new MetricStore(ctx.kernel);
    this.reader = new MetricReader(ctx, this.store);
    this.clock = new AlarmClock(ctx, this.reader, this.alarms);
  }

  /** Takes in a value that a service of AWS, or a log line in the embedded metric format, brings. */
  ingest({ namespace, name, dimensions, value, unit, atMs }: EmittedMetric): void {
    const sample = { count: 1, sum: value, minimum: value, maximum: value };
    this.store.add({ namespace, name, dimensions }, sample, unit ?? 'None', atMs ?? this.ctx.kernel.now());
  }

  arnOf(alarmName: string | undefined): string {
    return `arn:aws:cloudwatch:${this.ctx.region}:${this.ctx.accountId}:alarm:${alarmName ?? ''}`;
  }

  /** @throws AwsError `ResourceNotFound` */
  alarm(name: string | undefined): Alarm {
    const alarm = this.alarms.get(name ?? '');
    if (!alarm) throw resourceNotFound();
    return alarm;
  }

  /** @throws AwsError `ResourceNotFound` */
  alarmOfArn(arn: string | undefined): Alarm {
    return this.alarm(arn?.split(':alarm:')[1]);
  }

  onAlarms(action: string, names: readonly string[]): readonly Permission[] {
    return names.map((name) => ({ action: `cloudwatch:${action}`, resource: this.arnOf(name) }));
  }
}
