import type { DescribeTableInput, DescribeTableOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import { describe } from '../describe.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable } from '../item-request.ts';

export const describeTable: ActionDefinition<DynamoDbService, DescribeTableInput, DescribeTableOutput> = {
  permissions: (service, input) => onTable(service, 'DescribeTable', input.TableName),
  run: (service, input) => ({ Table: describe(service.table(input.TableName, 'named')) }),
};
