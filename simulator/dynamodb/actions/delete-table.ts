import type { DeleteTableInput, DeleteTableOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import { describe } from '../describe.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { validation } from '../errors.ts';
import { onTable } from '../item-request.ts';

export const deleteTable: ActionDefinition<DynamoDbService, DeleteTableInput, DeleteTableOutput> = {
  permissions: (service, input) => onTable(service, 'DeleteTable', input.TableName),
  run: (service, input) => {
    const table = service.table(input.TableName, 'named');
    if (table.settings.deletionProtection)
      throw validation(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    table.timeToLiveAttribute = undefined;
    service.tables.delete(table.name);
    return { TableDescription: describe(table, 'DELETING') };
  },
};
