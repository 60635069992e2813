import type { CreateEventBusRequest, Target } from '@aws-sdk/client-eventbridge';
import type { Timer } from '../kernel/kernel.ts';
import type { BusPolicy } from './bus-policy.ts';
import type { EventPattern } from './pattern/event-pattern.ts';
import type { Schedule } from './schedule.ts';

/** What the owner of a bus states besides its name; told back as it was given. */
export type BusSettings = Pick<
  CreateEventBusRequest,
  'DeadLetterConfig' | 'Description' | 'KmsKeyIdentifier' | 'LogConfig'
>;

export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  modifiedMs: number;
  settings: BusSettings;
  /** Who outside the account may put events on it. */
  policy: BusPolicy | undefined;
  readonly rules: Map<string, Rule>;
  readonly tags: Map<string, string>;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  description: string | undefined;
  roleArn: string | undefined;
  /** The third state differs on AWS only for read-only management events of CloudTrail, of which there are none here. */
  state: 'ENABLED' | 'DISABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  /** As it was put. */
  patternText: string | undefined;
  pattern: EventPattern | undefined;
  scheduleExpression: string | undefined;
  schedule: Schedule | undefined;
  /** By id, in the order in which they were put. */
  readonly targets: Map<string, Target>;
  readonly tags: Map<string, string>;
  /** The next time that the schedule fires. */
  timer: Timer | undefined;
}

/** An event as rules and targets see it. */
export interface EventEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, in whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event on a bus, as the text that is matched and delivered. */
export interface BusEvent {
  readonly id: string;
  readonly json: string;
  readonly ingestedAt: string;
}
