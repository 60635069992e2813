import { Construct } from 'constructs';
import {
  burstAlarmMessages,
  burstAlarmSeconds,
  type ServiceConfiguration,
} from '../../functions/core/configuration.ts';
import { CountAlarm } from '../count-alarm.ts';
import { ageAlarmName, backlogAlarmName } from '../names.ts';

export interface BacklogAlarmProps {
  readonly service: string;
  readonly settings: ServiceConfiguration;
  readonly queueName: string;
}

/**
 * Raised when a queue holds more than the premises can pick up in time, or when a message has waited for a quarter of
 * the deadline: few messages that nobody picks up are late too. A rule of the controller starts the burst.
 */
export class BacklogAlarm extends Construct {
  constructor(scope: Construct, id: string, props: BacklogAlarmProps) {
    super(scope, id);
    new CountAlarm(this, 'Messages', {
      alarmName: backlogAlarmName(props.service),
      description: `More messages wait on ${props.queueName} than the external tasks of ${props.service} can pick up in time.`,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: props.queueName },
      statistic: 'Maximum',
      atLeast: burstAlarmMessages(props.settings),
    });
    new CountAlarm(this, 'Age', {
      alarmName: ageAlarmName(props.service),
      description: `A message has waited on ${props.queueName} for a quarter of the time in which ${props.service} should pick it up.`,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: props.queueName },
      statistic: 'Maximum',
      atLeast: burstAlarmSeconds(props.settings),
    });
  }
}
