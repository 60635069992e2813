import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { deadLetterQueueName, type QueueConfiguration } from '../../functions/core/configuration.ts';
import { CountAlarm } from '../count-alarm.ts';

export interface WorkQueueProps {
  readonly queueName: string;
  readonly settings: z.infer<typeof QueueConfiguration>;
  /** ARNs of the only roles that may receive: for a queue that is bound to the premises. Left out: IAM alone decides. */
  readonly onlyReceivers?: readonly string[];
}

/** A queue of the workload with its dead-letter queue, and the alarm that says that something came to rest there. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const deadLetterName = deadLetterQueueName(props.queueName);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      queueName: deadLetterName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // SQS counts a message's age from its first sending, not from its move here: the longest time there is.
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      queueName: props.queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(props.settings.visibilityTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.settings.maxReceiveCount },
    });
    if (props.onlyReceivers) {
      // Residency holds even if somebody later gives another role `sqs:*`: a denial in the queue's own policy wins.
      this.queue.addToResourcePolicy(
        new PolicyStatement({
          sid: 'OnlyThePremisesReceive',
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ['sqs:ReceiveMessage'],
          resources: [this.queue.queueArn],
          conditions: { ArnNotEquals: { 'aws:PrincipalArn': [...props.onlyReceivers] } },
        }),
      );
    }
    const { siteAddresses } = props.settings;
    if (siteAddresses) {
      // The role's own credentials, taken away from the site, read nothing either. A call through an interface endpoint
      // has the second key and not the first, every other one the first alone, and a key that is not there is in no network.
      this.queue.addToResourcePolicy(
        new PolicyStatement({
          sid: 'OnlyFromTheSites',
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ['sqs:ReceiveMessage'],
          resources: [this.queue.queueArn],
          conditions: {
            NotIpAddress: { 'aws:SourceIp': [...siteAddresses], 'aws:VpcSourceIp': [...siteAddresses] },
          },
        }),
      );
    }
    new CountAlarm(this, 'DeadLetters', {
      alarmName: `spillway-${deadLetterName}`,
      description: `Messages came to rest on ${deadLetterName}: read one, mend the cause, then redrive the queue.`,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: deadLetterName },
      statistic: 'Maximum',
      atLeast: 1,
    });
  }
}
