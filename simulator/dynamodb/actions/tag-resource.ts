import type { TagResourceInput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable } from '../item-request.ts';

export const tagResource: ActionDefinition<DynamoDbService, TagResourceInput, void> = {
  permissions: (service, input) => onTable(service, 'TagResource', input.ResourceArn),
  run: (service, input) => {
    const { tags } = service.table(input.ResourceArn, 'named');
    for (const { Key = '', Value = '' } of input.Tags ?? []) tags.set(Key, Value);
  },
};
