import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { eventSource, notificationsTopicName } from '../names.ts';

export interface NotificationsProps {
  /** Where an event goes that the topic did not take. */
  readonly undelivered: IQueue;
}

interface Notice {
  readonly name: string;
  readonly description: string;
  readonly detailType: string;
  /** What else the event's detail must say. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** The sentence, with fields of the event's detail in angle brackets. */
  readonly sentence: string;
  /** Fields that stand below it, one a line. */
  readonly fields: readonly string[];
}

const notices: readonly Notice[] = [
  {
    name: 'rollout-ended',
    description: 'A rollout ended; rollback-failed needs a person',
    detailType: 'Spillway Rollout State Change',
    detail: { state: ['ENDED'] },
    sentence: '<service>: the rollout ended as <verdict> (<cause>). <reason>',
    fields: ['service', 'verdict', 'cause', 'image', 'digest', 'trigger.kind', 'actor', 'rolloutId', 'executionArn'],
  },
  {
    name: 'approval-requested',
    description: 'A rollout waits for somebody to approve it',
    detailType: 'Spillway Approval Requested',
    sentence: '<service>: <reason> Answer with npx spillway approve <service>, or deny.',
    fields: ['service', 'image', 'digest', 'until', 'actor', 'rolloutId'],
  },
  {
    name: 'burst-ended',
    description: 'A burst ended',
    detailType: 'Spillway Burst State Change',
    detail: { state: ['ENDED'] },
    sentence: '<service>: the burst ended as <verdict> (<cause>). <reason>',
    fields: ['service', 'verdict', 'cause', 'trigger.kind', 'actor', 'burstId', 'executionArn'],
  },
  {
    name: 'burst-warning',
    description: 'A burst found what more tasks cannot mend: somebody must look',
    detailType: 'Spillway Burst State Change',
    detail: { alarm: { kind: [{ exists: true }] } },
    sentence: '<service>: somebody must look at the burst (<alarm.kind>). <reason>',
    fields: ['service', 'alarm.kind', 'burstId', 'executionArn'],
  },
  {
    name: 'finding',
    description: 'A lost push, a newer template or a twin that drifted was found',
    detailType: 'Spillway Finding',
    sentence: '<service>: <reason>',
    fields: ['service', 'kind'],
  },
];

const withFields = (text: string): string =>
  text.replaceAll(/<([\w.]+)>/g, (_, field: string) => EventField.fromPath(`$.detail.${field}`));

/**
 * Tells people of what ended and of what needs them: a topic to subscribe to, fed from the controller's own events. A
 * message is one sentence, an empty line, and the fields it was made of.
 */
export class Notifications extends Construct {
  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const events = new ServicePrincipal('events.amazonaws.com');
    // A key of our own: EventBridge may not use the one that AWS manages for SNS, whose policy cannot be changed.
    // https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
    const key = new Key(this, 'Key', {
      description: `Messages of ${notificationsTopicName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({ principals: [events], actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] }),
    );
    const topic = new Topic(this, 'Topic', {
      topicName: notificationsTopicName,
      displayName: 'Spillway',
      masterKey: key,
      enforceSSL: true,
    });
    const { account } = Stack.of(this);
    const rulePrefix = 'spillway-tell-';
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OwnRules',
        principals: [events],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'events',
              resource: 'rule',
              resourceName: `${rulePrefix}*`,
            }),
          },
        },
      }),
    );
    // By its ARN: a target that is given the topic itself would let every rule of every account publish to it.
    const target = Topic.fromTopicArn(this, 'Target', topic.topicArn);
    for (const notice of notices) {
      const lines = [notice.sentence, '', ...notice.fields.map((field) => `${field}: <${field}>`)];
      new Rule(this, notice.name, {
        ruleName: `${rulePrefix}${notice.name}`,
        description: notice.description,
        eventPattern: {
          source: [eventSource],
          detailType: [notice.detailType],
          ...(notice.detail && { detail: { ...notice.detail } }),
        },
        targets: [
          new SnsTopic(target, {
            message: RuleTargetInput.fromMultilineText(withFields(lines.join('\n'))),
            deadLetterQueue: props.undelivered,
            retryAttempts: 185,
            maxEventAge: Duration.hours(24),
          }),
        ],
      });
    }
  }
}
