import type { ListTopicsInput, ListTopicsResponse } from '@aws-sdk/client-sns';
import type { ActionDefinition } from '../../cloud/service.ts';
import { page } from '../page.ts';
import type { SnsService } from '../sns-service.ts';

export const listTopics: ActionDefinition<SnsService, ListTopicsInput, ListTopicsResponse> = {
  permissions: (service) => [{ action: 'SNS:ListTopics', resource: service.arnOf('*') }],
  run: (service, input) => {
    const { items, NextToken } = page([...service.topics.keys()], input.NextToken);
    return { Topics: items.map((TopicArn) => ({ TopicArn })), NextToken };
  },
};
