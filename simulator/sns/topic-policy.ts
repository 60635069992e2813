import type { PolicyDocument } from '../cloud/service.ts';
import type { Topic } from './model.ts';

/** What a topic is made with: its own account may do everything, and AWS's services on behalf of it where they say so. */
export const defaultPolicy = (topic: Topic, accountId: string): string =>
  JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: topic.arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  });

export const policyTextOf = (topic: Topic, accountId: string): string =>
  topic.attributes.get('Policy') ?? defaultPolicy(topic, accountId);

export const policyOf = (topic: Topic, accountId: string): PolicyDocument =>
  JSON.parse(policyTextOf(topic, accountId)) as PolicyDocument;
