import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CountAlarm } from '../count-alarm.ts';

/** Where events come to rest that EventBridge could not deliver, and the alarm that says so. */
export class Undelivered extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const queueName = 'spillway-undelivered';
    this.queue = new Queue(this, 'Queue', {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    new CountAlarm(this, 'Events', {
      alarmName: queueName,
      description: `Events wait on ${queueName} that the controller never saw: each says in its attributes why.`,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: queueName },
      statistic: 'Maximum',
      atLeast: 1,
    });
  }
}
