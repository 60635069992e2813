import { Construct } from 'constructs';
import { burstAlarmMessages, type ServiceConfiguration } from '../../functions/core/configuration.ts';
import { CountAlarm } from '../count-alarm.ts';
import { backlogAlarmName } from '../names.ts';

export interface BacklogAlarmProps {
  readonly service: string;
  readonly settings: ServiceConfiguration;
  readonly queueName: string;
}

/** Raised when a queue holds more than the premises can pick up in time; a rule of the controller starts the burst. */
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
  }
}
