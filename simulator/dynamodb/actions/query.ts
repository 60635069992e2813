import type { AttributeValue, QueryInput, QueryOutput } from '@aws-sdk/client-dynamodb';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { Placeholders } from '../expression.ts';
import { onTable, placeholdersOf, refuseLegacy } from '../item-request.ts';
import { readKeyCondition } from '../key-condition.ts';
import { answerPage, readPageRequest } from '../page-request.ts';

export const query: ActionDefinition<DynamoDbService, QueryInput, QueryOutput> = {
  partly:
    'secondary indexes, the parameters from before expressions (`KeyConditions`, `QueryFilter`, `AttributesToGet`)',
  permissions: (service, input) => onTable(service, 'Query', input.TableName, keyOf(service, input)),
  run: (service, input) => {
    refuseLegacy(input);
    if (input.IndexName !== undefined) throw notModelled('secondary indexes');
    const table = service.table(input.TableName);
    const placeholders = placeholdersOf(input, [
      input.KeyConditionExpression,
      input.FilterExpression,
      input.ProjectionExpression,
    ]);
    const key = readKeyCondition(input.KeyConditionExpression, placeholders, table.hash, table.range);
    const request = readPageRequest(table, input, placeholders);
    placeholders.checkAllUsed();
    const page = table.query({
      ...key,
      forward: input.ScanIndexForward ?? true,
      limit: request.limit,
      after: request.after,
    });
    return answerPage(table, page, request, input);
  },
};

/** The partition key that a query names, for the condition key `dynamodb:LeadingKeys`; nothing where it is malformed. */
const keyOf = (service: DynamoDbService, input: QueryInput): Record<string, AttributeValue> | undefined => {
  const table = service.find(input.TableName);
  if (!table) return undefined;
  try {
    const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues);
    const { hash } = readKeyCondition(input.KeyConditionExpression, placeholders, table.hash, table.range);
    return { [table.hash.name]: hash as AttributeValue };
  } catch {
    return undefined;
  }
};
