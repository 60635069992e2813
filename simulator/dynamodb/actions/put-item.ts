import type { PutItemInput, PutItemOutput } from '@aws-sdk/client-dynamodb';
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
import { checkItemSize, copyItem, readItem, sizeOfItem } from '../value.ts';

export const putItem: ActionDefinition<DynamoDbService, PutItemInput, PutItemOutput> = {
  partly: 'the parameters from before expressions (`Expected`)',
  permissions: (service, input) => onTable(service, 'PutItem', input.TableName, input.Item),
  run: (service, input) => {
    refuseLegacy(input);
    const table = service.table(input.TableName);
    const returnValues = checkReturnValues(input.ReturnValues, ['NONE', 'ALL_OLD']);
    const placeholders = placeholdersOf(input, [input.ConditionExpression]);
    const condition = readConditionOf(input, placeholders);
    placeholders.checkAllUsed();
    const item = readItem(input.Item ?? {});
    table.checkKeyOf(item);
    const bytes = checkItemSize(item);
    const old = table.get(item);
    checkCondition(condition, old, input);
    table.put(item, bytes);
    return {
      ...(returnValues === 'ALL_OLD' && old ? { Attributes: copyItem(old) } : {}),
      ...consumed(table, input.ReturnConsumedCapacity, () => writeUnits(Math.max(bytes, old ? sizeOfItem(old) : 0))),
    };
  },
};
