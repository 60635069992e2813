import type { DescribeTimeToLiveInput, DescribeTimeToLiveOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable } from '../item-request.ts';

export const describeTimeToLive: ActionDefinition<DynamoDbService, DescribeTimeToLiveInput, DescribeTimeToLiveOutput> =
  {
    permissions: (service, input) => onTable(service, 'DescribeTimeToLive', input.TableName),
    run: (service, input) => {
      const name = service.table(input.TableName, 'named').timeToLiveAttribute;
      return {
        TimeToLiveDescription:
          name === undefined ? { TimeToLiveStatus: 'DISABLED' } : { TimeToLiveStatus: 'ENABLED', AttributeName: name },
      };
    },
  };
