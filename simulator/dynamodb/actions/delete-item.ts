import type { DeleteItemInput, DeleteItemOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import {
  checkCondition,
  checkReturnValues,
  consumed,
  onTable,
  placeholdersOf,
  readConditionOf,
  refuseLegacy,
  writeUnits,
} from '../item-request.ts';
import { copyItem, sizeOfItem } from '../value.ts';

export const deleteItem: ActionDefinition<DynamoDbService, DeleteItemInput, DeleteItemOutput> = {
  partly: 'the parameters from before expressions (`Expected`)',
  permissions: (service, input) => onTable(service, 'DeleteItem', input.TableName, input.Key),
  run: (service, input) => {
    refuseLegacy(input);
    const table = service.table(input.TableName);
    const returnValues = checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
    const placeholders = placeholdersOf(input, [input.ConditionExpression]);
    const condition = readConditionOf(input, placeholders);
    placeholders.checkAllUsed();
    const key = table.readKey(input.Key);
    const old = table.get(key);
    checkCondition(condition, old, input);
    table.delete(key);
    return {
      ...(returnValues === 'ALL_OLD' && old ? { Attributes: copyItem(old) } : {}),
      ...consumed(table, input.ReturnConsumedCapacity, () => writeUnits(old ? sizeOfItem(old) : 0)),
    };
  },
};
