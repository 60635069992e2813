import type { UpdateTimeToLiveInput, UpdateTimeToLiveOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { validation } from '../errors.ts';
import { onTable } from '../item-request.ts';

export const updateTimeToLive: ActionDefinition<DynamoDbService, UpdateTimeToLiveInput, UpdateTimeToLiveOutput> = {
  permissions: (service, input) => onTable(service, 'UpdateTimeToLive', input.TableName),
  run: (service, input) => {
    const table = service.table(input.TableName, 'named');
    const { AttributeName, Enabled } = input.TimeToLiveSpecification ?? {};
    if (!AttributeName || Enabled === undefined)
      throw validation('TimeToLiveSpecification needs AttributeName and Enabled');
    if (Enabled === (table.timeToLiveAttribute !== undefined))
      throw validation(`TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
    table.timeToLiveAttribute = Enabled ? AttributeName : undefined;
    return { TimeToLiveSpecification: { AttributeName, Enabled } };
  },
};
