import type { AttributeValue, BatchGetItemInput, BatchGetItemOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { validation } from '../errors.ts';
import { readProjection } from '../expression.ts';
import { onTable, placeholdersOf, refuseLegacy } from '../item-request.ts';
import { project } from '../paths.ts';
import { copyItem } from '../value.ts';

export const batchGetItem: ActionDefinition<DynamoDbService, BatchGetItemInput, BatchGetItemOutput> = {
  permissions: (service, input) =>
    Object.keys(input.RequestItems ?? {}).flatMap((name) => onTable(service, 'BatchGetItem', name)),
  run: (service, input) => {
    const requests = Object.entries(input.RequestItems ?? {});
    const total = requests.reduce((sum, [, { Keys }]) => sum + (Keys?.length ?? 0), 0);
    if (total > 100) throw validation('Too many items requested for the BatchGetItem call');
    const responses: Record<string, Record<string, AttributeValue>[]> = {};
    for (const [name, request] of requests) {
      refuseLegacy(request);
      const table = service.table(name);
      const placeholders = placeholdersOf(request, [request.ProjectionExpression]);
      const paths =
        request.ProjectionExpression === undefined
          ? undefined
          : readProjection(request.ProjectionExpression, placeholders);
      placeholders.checkAllUsed();
      responses[name] = (request.Keys ?? []).flatMap((key) => {
        const item = table.get(table.readKey(key));
        return item ? [copyItem(paths ? project(item, paths) : item)] : [];
      });
    }
    return { Responses: responses, UnprocessedKeys: {} };
  },
};
