import type { ListTablesInput, ListTablesOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';

export const listTables: ActionDefinition<DynamoDbService, ListTablesInput, ListTablesOutput> = {
  run: (service, input) => {
    const after = input.ExclusiveStartTableName;
    const names = [...service.tables.keys()].sort().filter((name) => after === undefined || name > after);
    const page = names.slice(0, input.Limit ?? 100);
    return { TableNames: page, ...(page.length < names.length ? { LastEvaluatedTableName: page.at(-1) } : {}) };
  },
};
