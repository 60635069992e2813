import type { AlarmHistoryItem } from '@aws-sdk/client-cloudwatch';
import type { AlarmState } from './verdict.ts';

/** Items that one alarm remembers of its past. */
const historyMax = 1_000;

export interface StateNote {
  readonly value: AlarmState;
  readonly reason: string;
  readonly reasonData: string | undefined;
  readonly atMs: number;
}

/** What the inputs of all kinds of alarms have. */
export interface AlarmActions {
  readonly OKActions?: string[] | undefined;
  readonly AlarmActions?: string[] | undefined;
  readonly InsufficientDataActions?: string[] | undefined;
}

/** What alarms of every kind have: a name, a state with a past, and actions. */
export abstract class StatefulAlarm {
  readonly name: string;
  readonly arn: string;
  abstract readonly type: 'MetricAlarm' | 'CompositeAlarm';
  abstract readonly input: AlarmActions;
  readonly history: AlarmHistoryItem[] = [];
  readonly tags = new Map<string, string>();
  actionsEnabled = true;
  configuredMs = 0;
  state: StateNote;
  /** When the state last became another one. */
  transitionedMs: number;

  constructor(name: string, arn: string, nowMs: number) {
    this.name = name;
    this.arn = arn;
    this.state = {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
      reasonData: undefined,
      atMs: nowMs,
    };
    this.transitionedMs = nowMs;
  }

  /** `configuration` as the event of a state change shows it. */
  abstract configuration(): Readonly<Record<string, unknown>>;

  note(item: Omit<AlarmHistoryItem, 'AlarmName' | 'AlarmType'>): void {
    this.history.push({ AlarmName: this.name, AlarmType: this.type, ...item });
    if (this.history.length > historyMax) this.history.shift();
  }

  /** Notes that the alarm was put, for the first time or again. */
  noteDefinition(isUpdate: boolean): void {
    this.note({
      Timestamp: new Date(this.configuredMs),
      HistoryItemType: 'ConfigurationUpdate',
      HistorySummary: `Alarm "${this.name}" ${isUpdate ? 'updated' : 'created'}`,
      HistoryData: JSON.stringify({ version: '1.0', type: isUpdate ? 'Update' : 'Create' }),
    });
  }

  actions(state: AlarmState): readonly string[] {
    const { OKActions, AlarmActions, InsufficientDataActions } = this.input;
    return (state === 'OK' ? OKActions : state === 'ALARM' ? AlarmActions : InsufficientDataActions) ?? [];
  }

  /** What every description of an alarm tells. */
  protected describeState() {
    const { input, state } = this;
    return {
      AlarmName: this.name,
      AlarmArn: this.arn,
      ActionsEnabled: this.actionsEnabled,
      AlarmActions: [...(input.AlarmActions ?? [])],
      OKActions: [...(input.OKActions ?? [])],
      InsufficientDataActions: [...(input.InsufficientDataActions ?? [])],
      AlarmConfigurationUpdatedTimestamp: new Date(this.configuredMs),
      StateValue: state.value,
      StateReason: state.reason,
      ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
      StateUpdatedTimestamp: new Date(state.atMs),
      StateTransitionedTimestamp: new Date(this.transitionedMs),
    };
  }
}
