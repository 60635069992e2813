import type { UpdateItemInput, UpdateItemOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { invalidParameters } from '../errors.ts';
import type { Path } from '../expression.ts';
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
import { project } from '../paths.ts';
import { applyUpdate, readUpdate, writtenPaths } from '../update.ts';
import { checkItemSize, copyItem, type Item, sizeOfItem } from '../value.ts';

export const updateItem: ActionDefinition<DynamoDbService, UpdateItemInput, UpdateItemOutput> = {
  partly: 'the parameters from before expressions (`AttributeUpdates`, `Expected`)',
  permissions: (service, input) => onTable(service, 'UpdateItem', input.TableName, input.Key),
  run: (service, input) => {
    refuseLegacy(input);
    const table = service.table(input.TableName);
    const allowed = ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'];
    const returnValues = checkReturnValues(input.ReturnValues, allowed);
    const placeholders = placeholdersOf(input, [input.UpdateExpression, input.ConditionExpression]);
    const update = input.UpdateExpression === undefined ? undefined : readUpdate(input.UpdateExpression, placeholders);
    const condition = readConditionOf(input, placeholders);
    placeholders.checkAllUsed();
    const paths = update ? writtenPaths(update) : [];
    const keyName = table.keyElements.find(({ name }) => paths.some(([first]) => first === name))?.name;
    if (keyName !== undefined)
      throw invalidParameters(`Cannot update attribute ${keyName}. This attribute is part of the key`);
    const key = table.readKey(input.Key);
    const old = table.get(key);
    checkCondition(condition, old, input);
    // An update of an item that does not exist makes one, from its key on.
    const item: Item = update ? applyUpdate(update, old ?? key) : (old ?? key);
    const bytes = checkItemSize(item);
    table.put(item, bytes);
    const returned = returnedOf(returnValues, old, item, paths);
    return {
      ...(returned && Object.keys(returned).length > 0 ? { Attributes: copyItem(returned) } : {}),
      ...consumed(table, input.ReturnConsumedCapacity, () => writeUnits(Math.max(bytes, old ? sizeOfItem(old) : 0))),
    };
  },
};

const returnedOf = (wanted: string, old: Item | undefined, item: Item, paths: readonly Path[]): Item | undefined => {
  switch (wanted) {
    case 'ALL_OLD':
      return old;
    case 'UPDATED_OLD':
      return old && project(old, paths);
    case 'ALL_NEW':
      return item;
    case 'UPDATED_NEW':
      return project(item, paths);
    default:
      return undefined;
  }
};
