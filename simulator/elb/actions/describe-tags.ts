import type { DescribeTagsInput, DescribeTagsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';

export const describeTags: ActionDefinition<ElbService, DescribeTagsInput, DescribeTagsOutput> = {
  run: (service, input) => ({
    TagDescriptions: (input.ResourceArns ?? []).map((ResourceArn) => ({
      ResourceArn,
      Tags: [...service.tagsOf(ResourceArn)].map(([Key, Value]) => ({ Key, Value })),
    })),
  }),
};
