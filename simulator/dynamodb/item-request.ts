import type { AttributeValue, ConsumedCapacity, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { notModelled } from '../cloud/aws-error.ts';
import type { Permission } from '../cloud/service.ts';
import { type Condition, holds, readCondition } from './condition.ts';
import type { DynamoDbService } from './dynamodb-service.ts';
import { conditionFailed, validation } from './errors.ts';
import { Placeholders } from './expression.ts';
import type { Table } from './table.ts';
import { copyItem, type Item } from './value.ts';

/** Parameters from before expressions existed. They would change what a request does, so they are refused. */
const legacy = [
  'AttributesToGet',
  'AttributeUpdates',
  'ConditionalOperator',
  'Expected',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
];

export const refuseLegacy = (input: object): void => {
  for (const name of legacy)
    if ((input as Record<string, unknown>)[name] !== undefined) throw notModelled(`the parameter ${name} of DynamoDB`);
};

interface WithExpressions {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

export const placeholdersOf = (input: WithExpressions, expressions: readonly (string | undefined)[]): Placeholders => {
  if (expressions.every((expression) => expression === undefined)) {
    for (const name of ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const)
      if (input[name] !== undefined) throw validation(`${name} can only be specified when using expressions`);
  }
  for (const name of ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const)
    if (input[name] !== undefined && Object.keys(input[name]).length === 0)
      throw validation(`${name} must not be empty`);
  return new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
};

export const readConditionOf = (
  input: { readonly ConditionExpression?: string | undefined },
  placeholders: Placeholders,
): Condition | undefined =>
  input.ConditionExpression === undefined
    ? undefined
    : readCondition('ConditionExpression', input.ConditionExpression, placeholders);

/** @throws AwsError `ConditionalCheckFailedException`, with the item where the request asks for it */
export const checkCondition = (
  condition: Condition | undefined,
  item: Item | undefined,
  input: { readonly ReturnValuesOnConditionCheckFailure?: string | undefined },
): void => {
  if (!condition || holds(condition, item ?? {})) return;
  const returned = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item ? copyItem(item) : undefined;
  throw conditionFailed(returned);
};

/** @param allowed the values of `ReturnValues` that this action knows */
export const checkReturnValues = (value: string | undefined, allowed: readonly string[]): string => {
  const returnValues = value ?? 'NONE';
  if (!allowed.includes(returnValues)) throw validation('ReturnValues can only be ALL_OLD or NONE');
  return returnValues;
};

/** Units as DynamoDB counts them: writes by 1 KB, reads by 4 KB and by half where they are not consistent. */
export const consumed = (
  table: Table,
  wanted: ReturnConsumedCapacity | undefined,
  units: () => number,
): { ConsumedCapacity?: ConsumedCapacity } => {
  if (wanted === undefined || wanted === 'NONE') return {};
  return { ConsumedCapacity: { TableName: table.name, CapacityUnits: units() } };
};

export const readUnits = (bytes: number, consistent: boolean | undefined): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);

export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));

/** The permission of an action on one table, with the partition key where the request names it. */
export const onTable = (
  service: DynamoDbService,
  action: string,
  tableName: string | undefined,
  key?: Readonly<Record<string, AttributeValue>> | undefined,
): readonly Permission[] => {
  const hash = service.find(tableName)?.hash.name;
  const value = hash === undefined ? undefined : key?.[hash];
  const leading = value?.S ?? value?.N;
  return [
    {
      action: `dynamodb:${action}`,
      resource: service.arnOf(tableName),
      ...(leading === undefined ? {} : { context: { 'dynamodb:LeadingKeys': [leading] } }),
    },
  ];
};
