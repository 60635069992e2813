import type { UntagResourceInput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable } from '../item-request.ts';

export const untagResource: ActionDefinition<DynamoDbService, UntagResourceInput, void> = {
  permissions: (service, input) => onTable(service, 'UntagResource', input.ResourceArn),
  run: (service, input) => {
    const { tags } = service.table(input.ResourceArn, 'named');
    for (const key of input.TagKeys ?? []) tags.delete(key);
  },
};
