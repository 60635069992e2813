import { AwsError } from '../cloud/aws-error.ts';
import type { Caller, ServiceContext } from '../cloud/service.ts';
import { type Alarm, showState } from './alarm.ts';
import { alarmNotification } from './alarm-notification.ts';
import { type Datapoint, reasonDataOf, reasonOf } from './alarm-reason.ts';
import type { MetricReader } from './metric-reader.ts';
import type { StatefulAlarm, StateNote } from './stateful-alarm.ts';
import { alarmTime } from './times.ts';
import { judge } from './verdict.ts';

/** Alarms with periods below a minute are evaluated every 10 s, all others every minute (AlarmThatSendsEmail). */
const slowMs = 60_000;
const fastMs = 10_000;

/** When in its minute an alarm is evaluated; on AWS each has its own second, here all have this one. */
const offsetMs = 5_000;

/**
 * How many periods more than the evaluation periods an alarm looks back for real datapoints. AWS does not say how many
 * it is; its tables show five for three.
 */
const lookBackMore = 2;

/**
 * Evaluates alarms once a minute of AWS's time: live with a pace of 10, every 6 s, over periods that are shorter by the
 * same factor. While there is no alarm, nothing is scheduled.
 */
export class AlarmClock {
  readonly #ctx: ServiceContext;
  readonly #reader: MetricReader;
  readonly #alarms: ReadonlyMap<string, Alarm>;
  readonly #onChange: (alarm: StatefulAlarm) => void;
  #running = false;

  /** @param onChange told of every alarm that has changed its state */
  constructor(
    ctx: ServiceContext,
    reader: MetricReader,
    alarms: ReadonlyMap<string, Alarm>,
    onChange: (alarm: StatefulAlarm) => void,
  ) {
    this.#ctx = ctx;
    this.#reader = reader;
    this.#alarms = alarms;
    this.#onChange = onChange;
  }

  start(): void {
    if (this.#running || this.#alarms.size === 0) return;
    this.#running = true;
    this.#schedule();
  }

  /** Puts an alarm into a state. Only a change of state is an event, and only a change runs actions. */
  enter(alarm: StatefulAlarm, next: StateNote): void {
    const previous = alarm.state;
    alarm.state = next;
    if (previous.value === next.value) return;
    const { kernel } = this.#ctx;
    alarm.transitionedMs = next.atMs;
    kernel.record('cloudwatch.alarm', { alarm: alarm.name, from: previous.value, to: next.value, reason: next.reason });
    alarm.note({
      Timestamp: new Date(next.atMs),
      HistoryItemType: 'StateUpdate',
      HistorySummary: `Alarm updated from ${previous.value} to ${next.value}`,
      HistoryData: JSON.stringify({
        version: '1.0',
        oldState: historyState(previous),
        newState: historyState(next),
      }),
    });
    this.#ctx.emit({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [alarm.arn],
      detail: {
        alarmName: alarm.name,
        configuration: alarm.configuration(),
        previousState: showState(previous),
        state: showState(next),
      },
    });
    this.#onChange(alarm);
    if (!alarm.actionsEnabled) return;
    for (const action of alarm.actions(next.value)) void this.#act(alarm, action, previous, next);
  }

  /** Tells a topic or a function of a change. What comes of it stands in the alarm's history and changes nothing else. */
  async #act(alarm: StatefulAlarm, action: string, previous: StateNote, next: StateNote): Promise<void> {
    const { kernel } = this.#ctx;
    kernel.record('cloudwatch.alarm-action', { alarm: alarm.name, state: next.value, action });
    const error = await this.#tell(alarm, action, previous, next);
    alarm.note({
      Timestamp: new Date(next.atMs),
      HistoryItemType: 'Action',
      HistorySummary:
        error === undefined
          ? `Successfully executed action ${action}`
          : `Failed to execute action ${action}. Received error: "${error}"`,
      HistoryData: JSON.stringify({
        actionState: error === undefined ? 'Succeeded' : 'Failed',
        stateUpdateTimestamp: next.atMs,
        notificationResource: action,
        publishedMessage: null,
        error: error ?? null,
      }),
    });
  }

  /** @returns what went wrong */
  async #tell(alarm: StatefulAlarm, action: string, previous: StateNote, next: StateNote): Promise<string | undefined> {
    const { call } = this.#ctx;
    const asService = (principal: string): Caller => ({ kind: 'service', principal, sourceArn: alarm.arn });
    try {
      if (action.split(':')[2] === 'lambda')
        await call({
          service: 'lambda',
          action: 'Invoke',
          caller: asService('lambda.alarms.cloudwatch.amazonaws.com'),
          input: {
            FunctionName: action,
            InvocationType: 'Event',
            Payload: new TextEncoder().encode(JSON.stringify(this.#eventOf(alarm, previous, next))),
          },
        });
      else
        await call({
          service: 'sns',
          action: 'Publish',
          caller: asService('cloudwatch.amazonaws.com'),
          input: { TopicArn: action, ...alarmNotification(alarm, previous, next, this.#ctx) },
        });
      return undefined;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return error.message;
    }
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
  #eventOf(alarm: StatefulAlarm, previous: StateNote, next: StateNote): Readonly<Record<string, unknown>> {
    const { accountId, region } = this.#ctx;
    return {
      source: 'aws.cloudwatch',
      alarmArn: alarm.arn,
      accountId,
      time: alarmTime(next.atMs),
      region,
      alarmData: {
        alarmName: alarm.name,
        state: showState(next),
        previousState: showState(previous),
        configuration: alarm.configuration(),
      },
    };
  }

  /** Ticks are numbered, so that a timer that fires a little early does not evaluate the same minute twice. */
  #schedule(lastMs = Number.NEGATIVE_INFINITY): void {
    const { kernel } = this.#ctx;
    const fast = [...this.#alarms.values()].some(({ periodSeconds }) => periodSeconds < 60);
    const stepMs = kernel.paced(fast ? fastMs : slowMs);
    const shiftMs = kernel.paced(offsetMs);
    const tick =
      Math.max(
        Math.floor((kernel.now() - shiftMs) / stepMs),
        // The step may have changed since the last tick; its number then means another time.
        Math.round((lastMs - shiftMs) / stepMs),
      ) + 1;
    const atMs = tick * stepMs + shiftMs;
    kernel.after(atMs - kernel.now(), 'cloudwatch.alarms', () => {
      const onMinute = !fast || tick % (slowMs / fastMs) === 0;
      for (const alarm of this.#alarms.values()) if (onMinute || alarm.periodSeconds < 60) this.#evaluate(alarm);
      if (this.#alarms.size > 0) this.#schedule(atMs);
      else this.#running = false;
    });
  }

  #evaluate(alarm: Alarm): void {
    const { periodSeconds, queries, rule } = alarm;
    const nowMs = this.#ctx.kernel.now();
    const count = rule.evaluationPeriods + lookBackMore;
    const first = this.#reader.newestEnded(queries, periodSeconds) - count + 1;
    const range = { periodSeconds, first, count };
    const values = this.#reader.series(alarm.returned, queries, range);
    const verdict = judge(values, rule);
    if (verdict.state === 'keep' || verdict.state === alarm.state.value) return;
    const [query] = queries;
    const samples = queries.length === 1 && query?.kind === 'metric' ? this.#reader.samples(query, range) : undefined;
    const datapoints = values.map(
      (value, index): Datapoint => ({
        startMs: this.#reader.startOf(first + index, periodSeconds),
        value,
        sampleCount: samples?.[index]?.count,
      }),
    );
    this.enter(alarm, {
      value: verdict.state,
      reason: reasonOf(alarm, verdict.state, verdict, datapoints),
      reasonData: reasonDataOf(alarm, verdict, datapoints, nowMs),
      atMs: nowMs,
    });
  }
}

const historyState = (note: StateNote): Readonly<Record<string, unknown>> => ({
  stateValue: note.value,
  stateReason: note.reason,
  ...(note.reasonData === undefined ? {} : { stateReasonData: JSON.parse(note.reasonData) }),
});
