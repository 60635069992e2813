import type { DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { taskDefinitionView } from '../views.ts';

export const describeTaskDefinition: ActionDefinition<
  EcsService,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse
> = {
  run: (ecs, { taskDefinition, include = [] }) => {
    const record = ecs.findTaskDefinition(taskDefinition);
    if (!record) throw new AwsError('ClientException', 'Unable to describe task definition.');
    return {
      taskDefinition: taskDefinitionView(record),
      tags: include.includes('TAGS') ? structuredClone(record.tags) : [],
    };
  },
};
