import type { ScanInput, ScanOutput } from '@aws-sdk/client-dynamodb';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable, placeholdersOf, refuseLegacy } from '../item-request.ts';
import { answerPage, readPageRequest } from '../page-request.ts';

export const scan: ActionDefinition<DynamoDbService, ScanInput, ScanOutput> = {
  partly: 'secondary indexes, parallel scans, the parameters from before expressions (`ScanFilter`, `AttributesToGet`)',
  permissions: (service, input) => onTable(service, 'Scan', input.TableName),
  run: (service, input) => {
    refuseLegacy(input);
    if (input.IndexName !== undefined) throw notModelled('secondary indexes');
    if (input.TotalSegments !== undefined && input.TotalSegments > 1) throw notModelled('parallel scans');
    const table = service.table(input.TableName);
    const placeholders = placeholdersOf(input, [input.FilterExpression, input.ProjectionExpression]);
    const request = readPageRequest(table, input, placeholders);
    placeholders.checkAllUsed();
    return answerPage(table, table.scan(request), request, input);
  },
};
