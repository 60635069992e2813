import type { CompositeAlarm as CompositeAlarmDescription, PutCompositeAlarmInput } from '@aws-sdk/client-cloudwatch';
import { type CompositeRule, parseRule } from './alarm-rule.ts';
import { StatefulAlarm } from './stateful-alarm.ts';
import { alarmTime } from './times.ts';
import type { AlarmState } from './verdict.ts';

/** What a composite alarm needs to know of the alarms in its rule. */
export interface ChildAlarm {
  readonly arn: string;
  readonly state: AlarmState;
  readonly transitionedMs: number;
}

/** An alarm on the states of other alarms. */
export class CompositeAlarm extends StatefulAlarm {
  override readonly type = 'CompositeAlarm';
  input!: PutCompositeAlarmInput;
  rule!: CompositeRule;

  define(input: PutCompositeAlarmInput, nowMs: number): void {
    this.rule = parseRule(input.AlarmRule ?? '');
    this.input = structuredClone(input);
    this.actionsEnabled = input.ActionsEnabled ?? true;
    this.configuredMs = nowMs;
  }

  describe(): CompositeAlarmDescription {
    const { AlarmDescription, AlarmRule } = this.input;
    return {
      ...this.describeState(),
      ...(AlarmDescription === undefined ? {} : { AlarmDescription }),
      AlarmRule,
    };
  }

  override configuration(): Readonly<Record<string, unknown>> {
    const { AlarmDescription: description, AlarmRule: alarmRule } = this.input;
    return { ...(description === undefined ? {} : { description }), alarmRule };
  }
}

/** The text of a state that a child has caused. */
export const childReason = (child: ChildAlarm): string =>
  `${child.arn} transitioned to ${child.state} at ${longTime(child.transitionedMs)}`;

export const childReasonData = (children: readonly ChildAlarm[]): string =>
  JSON.stringify({
    triggeringAlarms: children.map(({ arn, state, transitionedMs }) => ({
      arn,
      state: { value: state, timestamp: alarmTime(transitionedMs) },
    })),
  });

/** `Monday 05 January, 2026 09:00:00 UTC` */
const longTime = (ms: number): string => {
  const at = new Date(ms);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    at.toLocaleString('en-US', { ...options, timeZone: 'UTC' });
  const day = part({ day: '2-digit' });
  return `${part({ weekday: 'long' })} ${day} ${part({ month: 'long' })}, ${part({ year: 'numeric' })} ${at.toISOString().slice(11, 19)} UTC`;
};
