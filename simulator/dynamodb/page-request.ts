import type { AttributeValue, QueryInput, QueryOutput, ScanInput } from '@aws-sdk/client-dynamodb';
import { type Condition, holds, readCondition } from './condition.ts';
import { validation } from './errors.ts';
import { type Path, type Placeholders, readProjection } from './expression.ts';
import { consumed, readUnits } from './item-request.ts';
import { project } from './paths.ts';
import type { Page, Table } from './table.ts';
import { copyItem, type Item } from './value.ts';

/** What Query and Scan have in common. */
export interface PageRequest {
  readonly limit: number | undefined;
  readonly after: Item | undefined;
  readonly filter: Condition | undefined;
  readonly paths: readonly Path[] | undefined;
}

export const readPageRequest = (
  table: Table,
  input: QueryInput | ScanInput,
  placeholders: Placeholders,
): PageRequest => {
  if (input.Limit !== undefined && input.Limit < 1)
    throw validation(
      `1 validation error detected: Value '${input.Limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    );
  if (input.Select === 'COUNT' && input.ProjectionExpression !== undefined)
    throw validation('Cannot specify the ProjectionExpression when choosing to get only the Count');
  const after: Record<string, AttributeValue> | undefined = input.ExclusiveStartKey;
  if (after && Object.keys(after).length !== table.keyElements.length)
    throw validation('The provided starting key is invalid');
  return {
    limit: input.Limit,
    after: after && table.readKey(after),
    filter:
      input.FilterExpression === undefined
        ? undefined
        : readCondition('FilterExpression', input.FilterExpression, placeholders),
    paths:
      input.ProjectionExpression === undefined ? undefined : readProjection(input.ProjectionExpression, placeholders),
  };
};

/** The limit counts items that were read, not those that the filter lets through. */
export const answerPage = (
  table: Table,
  page: Page,
  { filter, paths }: PageRequest,
  input: QueryInput | ScanInput,
): QueryOutput => {
  const items = filter ? page.items.filter((item) => holds(filter, item)) : page.items;
  return {
    ...(input.Select === 'COUNT' ? {} : { Items: items.map((item) => copyItem(paths ? project(item, paths) : item)) }),
    Count: items.length,
    ScannedCount: page.items.length,
    ...(page.last ? { LastEvaluatedKey: table.keyOf(page.last) } : {}),
    ...consumed(table, input.ReturnConsumedCapacity, () => readUnits(page.bytes, input.ConsistentRead)),
  };
};
