import type { BatchWriteItemInput, BatchWriteItemOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { validation } from '../errors.ts';
import { onTable } from '../item-request.ts';
import { checkItemSize, readItem } from '../value.ts';

export const batchWriteItem: ActionDefinition<DynamoDbService, BatchWriteItemInput, BatchWriteItemOutput> = {
  permissions: (service, input) =>
    Object.keys(input.RequestItems ?? {}).flatMap((name) => onTable(service, 'BatchWriteItem', name)),
  run: (service, input) => {
    const requests = Object.entries(input.RequestItems ?? {});
    const total = requests.reduce((sum, [, writes]) => sum + writes.length, 0);
    if (total < 1 || total > 25)
      throw validation('Too many items requested for the BatchWriteItem call, or none: between 1 and 25 are accepted');
    // Everything is checked before anything is written, since a batch that is malformed writes nothing.
    const writes = requests.flatMap(([name, entries]) => {
      const table = service.table(name);
      return entries.map(({ PutRequest, DeleteRequest }) => {
        if (PutRequest) {
          const item = readItem(PutRequest.Item ?? {});
          table.checkKeyOf(item);
          const bytes = checkItemSize(item);
          return () => table.put(item, bytes);
        }
        const key = table.readKey(DeleteRequest?.Key);
        return () => table.delete(key);
      });
    });
    for (const write of writes) write();
    return { UnprocessedItems: {} };
  },
};
