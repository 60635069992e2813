import type { GetItemInput, GetItemOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { readProjection } from '../expression.ts';
import { consumed, onTable, placeholdersOf, readUnits, refuseLegacy } from '../item-request.ts';
import { project } from '../paths.ts';
import { copyItem, sizeOfItem } from '../value.ts';

export const getItem: ActionDefinition<DynamoDbService, GetItemInput, GetItemOutput> = {
  partly: 'the parameters from before expressions (`AttributesToGet`)',
  permissions: (service, input) => onTable(service, 'GetItem', input.TableName, input.Key),
  run: (service, input) => {
    refuseLegacy(input);
    const table = service.table(input.TableName);
    const placeholders = placeholdersOf(input, [input.ProjectionExpression]);
    const paths =
      input.ProjectionExpression === undefined ? undefined : readProjection(input.ProjectionExpression, placeholders);
    placeholders.checkAllUsed();
    const item = table.get(table.readKey(input.Key));
    return {
      ...(item ? { Item: copyItem(paths ? project(item, paths) : item) } : {}),
      ...consumed(table, input.ReturnConsumedCapacity, () =>
        readUnits(item ? sizeOfItem(item) : 0, input.ConsistentRead),
      ),
    };
  },
};
