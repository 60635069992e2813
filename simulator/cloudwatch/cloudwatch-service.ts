import { AwsError } from '../cloud/aws-error.ts';
import type {
  ActionDefinition,
  EmittedMetric,
  Permission,
  ServiceContext,
  SimulatedService,
} from '../cloud/service.ts';
import { deleteAlarms } from './actions/delete-alarms.ts';
import { deleteMetricStream } from './actions/delete-metric-stream.ts';
import { describeAlarmHistory } from './actions/describe-alarm-history.ts';
import { describeAlarms } from './actions/describe-alarms.ts';
import { describeAlarmsForMetric } from './actions/describe-alarms-for-metric.ts';
import { disableAlarmActions } from './actions/disable-alarm-actions.ts';
import { enableAlarmActions } from './actions/enable-alarm-actions.ts';
import { getMetricData } from './actions/get-metric-data.ts';
import { getMetricStatistics } from './actions/get-metric-statistics.ts';
import { getMetricStream } from './actions/get-metric-stream.ts';
import { listMetricStreams } from './actions/list-metric-streams.ts';
import { listMetrics } from './actions/list-metrics.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { putCompositeAlarm } from './actions/put-composite-alarm.ts';
import { putMetricAlarm } from './actions/put-metric-alarm.ts';
import { putMetricData } from './actions/put-metric-data.ts';
import { putMetricStream } from './actions/put-metric-stream.ts';
import { setAlarmState } from './actions/set-alarm-state.ts';
import { startMetricStreams } from './actions/start-metric-streams.ts';
import { stopMetricStreams } from './actions/stop-metric-streams.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import type { Alarm } from './alarm.ts';
import { AlarmClock } from './alarm-clock.ts';
import { type CompositeAlarm, childReason, childReasonData } from './composite-alarm.ts';
import { resourceNotFound } from './errors.ts';
import { MetricReader } from './metric-reader.ts';
import { MetricStore } from './metric-store.ts';
import type { MetricStream } from './metric-stream.ts';
import type { StatefulAlarm } from './stateful-alarm.ts';

/**
 * From a child's change to its composite alarm's. AWS states none; some time has to pass, or composite alarms that
 * watch each other in a circle would change for ever within one moment.
 */
const compositeLagMs = 100;

/** Amazon CloudWatch metrics and alarms; anomaly detection, insight rules and dashboards are refused by name. */
export class CloudWatchService implements SimulatedService {
  readonly name = 'cloudwatch';
  readonly ctx: ServiceContext;
  readonly store: MetricStore;
  readonly reader: MetricReader;
  /** Metric alarms; a name means either one of these or a composite alarm. */
  readonly alarms = new Map<string, Alarm>();
  readonly composites = new Map<string, CompositeAlarm>();
  readonly streams = new Map<string, MetricStream>();
  readonly clock: AlarmClock;

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<CloudWatchService, any, any>>> = {
    DeleteAlarms: deleteAlarms,
    DeleteMetricStream: deleteMetricStream,
    DescribeAlarmHistory: describeAlarmHistory,
    DescribeAlarms: describeAlarms,
    DescribeAlarmsForMetric: describeAlarmsForMetric,
    DisableAlarmActions: disableAlarmActions,
    EnableAlarmActions: enableAlarmActions,
    GetMetricData: getMetricData,
    GetMetricStatistics: getMetricStatistics,
    GetMetricStream: getMetricStream,
    ListMetrics: listMetrics,
    ListMetricStreams: listMetricStreams,
    ListTagsForResource: listTagsForResource,
    PutCompositeAlarm: putCompositeAlarm,
    PutMetricAlarm: putMetricAlarm,
    PutMetricData: putMetricData,
    PutMetricStream: putMetricStream,
    SetAlarmState: setAlarmState,
    StartMetricStreams: startMetricStreams,
    StopMetricStreams: stopMetricStreams,
    TagResource: tagResource,
    UntagResource: untagResource,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
    this.store = new MetricStore(ctx.kernel);
    this.reader = new MetricReader(ctx, this.store);
    this.clock = new AlarmClock(ctx, this.reader, this.alarms, (alarm) => this.#tellParents(alarm));
  }

  /** Takes in a value that a service of AWS, or a log line in the embedded metric format, brings. */
  ingest({ namespace, name, dimensions, value, unit, atMs }: EmittedMetric): void {
    const sample = { count: 1, sum: value, minimum: value, maximum: value };
    this.store.add({ namespace, name, dimensions }, sample, unit ?? 'None', atMs ?? this.ctx.kernel.now());
  }

  arnOf(alarmName: string | undefined): string {
    return `arn:aws:cloudwatch:${this.ctx.region}:${this.ctx.accountId}:alarm:${alarmName ?? ''}`;
  }

  /** An alarm of either kind by its name or its ARN. */
  findAlarm(nameOrArn: string): StatefulAlarm | undefined {
    const name = nameOrArn.split(':alarm:').at(-1) ?? '';
    return this.alarms.get(name) ?? this.composites.get(name);
  }

  /** @throws AwsError `ResourceNotFound` */
  alarm(name: string | undefined): StatefulAlarm {
    const alarm = this.findAlarm(name ?? '');
    if (!alarm) throw resourceNotFound();
    return alarm;
  }

  /** @throws AwsError `ResourceNotFound` */
  alarmOfArn(arn: string | undefined): StatefulAlarm {
    return this.alarm(arn?.split(':alarm:')[1]);
  }

  streamArn(name: string | undefined): string {
    return `arn:aws:cloudwatch:${this.ctx.region}:${this.ctx.accountId}:metric-stream/${name ?? ''}`;
  }

  /** @throws AwsError `ResourceNotFoundException` */
  stream(name: string | undefined): MetricStream {
    const stream = this.streams.get(name ?? '');
    if (!stream)
      throw new AwsError('ResourceNotFoundException', `Metric stream ${name} does not exist.`, { status: 404 });
    return stream;
  }

  /** Starts or stops streams; all are looked up before any is changed. @throws AwsError */
  setStreams(names: readonly string[], state: MetricStream['state']): void {
    for (const stream of names.map((name) => this.stream(name)))
      this.streams.set(stream.name, { ...stream, state, modifiedMs: this.ctx.kernel.now() });
  }

  /** Brings a composite alarm to the state that its rule means, as a consequence of its own definition or of a child. */
  evaluateLater(alarm: CompositeAlarm, cause?: StatefulAlarm): void {
    this.ctx.kernel.afterAws(compositeLagMs, 'cloudwatch.composite-alarm', () => this.#evaluate(alarm, cause));
  }

  #tellParents(child: StatefulAlarm): void {
    for (const alarm of this.composites.values())
      if (alarm.rule.alarms.some((name) => this.findAlarm(name) === child)) this.evaluateLater(alarm, child);
  }

  #evaluate(alarm: CompositeAlarm, cause: StatefulAlarm | undefined): void {
    if (this.composites.get(alarm.name) !== alarm) return;
    const value = alarm.rule.holds((name) => this.findAlarm(name)?.state.value) ? 'ALARM' : 'OK';
    if (value === alarm.state.value) return;
    const children = cause ? [cause] : alarm.rule.alarms.flatMap((name) => this.findAlarm(name) ?? []);
    const shown = children.map(({ arn, state, transitionedMs }) => ({ arn, state: state.value, transitionedMs }));
    const [first] = shown;
    this.clock.enter(alarm, {
      value,
      reason: cause && first ? childReason(first) : `${alarm.arn} was created and its alarm rule evaluates to ${value}`,
      reasonData: childReasonData(shown),
      atMs: this.ctx.kernel.now(),
    });
  }

  onAlarms(action: string, names: readonly string[]): readonly Permission[] {
    return names.map((name) => ({ action: `cloudwatch:${action}`, resource: this.arnOf(name) }));
  }
}
