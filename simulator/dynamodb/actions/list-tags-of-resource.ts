import type { ListTagsOfResourceInput, ListTagsOfResourceOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable } from '../item-request.ts';

export const listTagsOfResource: ActionDefinition<DynamoDbService, ListTagsOfResourceInput, ListTagsOfResourceOutput> =
  {
    permissions: (service, input) => onTable(service, 'ListTagsOfResource', input.ResourceArn),
    run: (service, input) => ({
      Tags: [...service.table(input.ResourceArn, 'named').tags].map(([Key, Value]) => ({ Key, Value })),
    }),
  };
