import type { QueryInput } from '@aws-sdk/client-dynamodb';
import { type Condition, holds, readCondition } from './condition.ts';
import { validation } from './errors.ts';
import type { Placeholders } from './expression.ts';
import type { KeyElement } from './table.ts';
import type { Item, Value } from './value.ts';

export interface KeyCondition {
  readonly hash: Value;
  readonly accepts: (item: Item) => boolean;
}

/**
 * The partition to read and what its sort key must be.
 * @throws AwsError when the expression is more, or less, than a key condition
 */
export const readKeyCondition = (
  source: QueryInput['KeyConditionExpression'],
  placeholders: Placeholders,
  hash: KeyElement,
  range: KeyElement | undefined,
): KeyCondition => {
  if (source === undefined)
    throw validation('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  const parts = conjuncts(readCondition('KeyConditionExpression', source, placeholders));
  let hashValue: Value | undefined;
  let rangePart: Condition | undefined;
  for (const part of parts) {
    const name = attributeOf(part);
    if (name === hash.name && hashValue === undefined) hashValue = equalTo(part);
    else if (range && name === range.name && rangePart === undefined) rangePart = part;
    else if (name !== hash.name && name !== range?.name)
      throw validation(`Query condition missed key schema element: ${hashValue ? range?.name : hash.name}`);
    else throw validation('KeyConditionExpressions must only contain one condition per key');
  }
  if (!hashValue) throw validation(`Query condition missed key schema element: ${hash.name}`);
  if (hashValue[hash.type] === undefined)
    throw validation(`One or more parameter values were invalid: Condition parameter type does not match schema type`);
  const condition = rangePart;
  return { hash: hashValue, accepts: condition ? (item) => holds(condition, item) : () => true };
};

const conjuncts = (condition: Condition): Condition[] => {
  if (condition.kind === 'and') return [...conjuncts(condition.left), ...conjuncts(condition.right)];
  if (condition.kind === 'or' || condition.kind === 'not' || condition.kind === 'in' || condition.kind === 'contains')
    throw validation(`Invalid operator used in KeyConditionExpression: ${condition.kind.toUpperCase()}`);
  if (
    condition.kind === 'exists' ||
    condition.kind === 'type' ||
    (condition.kind === 'compare' && condition.comparator === '<>')
  )
    throw validation('Query key condition not supported');
  return [condition];
};

const attributeOf = (condition: Condition): string => {
  const operand =
    condition.kind === 'between'
      ? condition.operand
      : 'left' in condition
        ? (condition.left as { kind: string })
        : undefined;
  const path =
    operand && operand.kind === 'path' ? (operand as { path: readonly (string | number)[] }).path : undefined;
  if (path?.length !== 1) throw validation('Query key condition not supported');
  return path[0] as string;
};

const equalTo = (condition: Condition): Value => {
  if (condition.kind !== 'compare' || condition.comparator !== '=' || condition.right.kind !== 'value')
    throw validation('Query key condition not supported');
  return condition.right.value;
};
