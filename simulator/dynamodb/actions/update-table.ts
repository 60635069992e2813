import type { UpdateTableInput, UpdateTableOutput } from '@aws-sdk/client-dynamodb';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { describe } from '../describe.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable } from '../item-request.ts';

export const updateTable: ActionDefinition<DynamoDbService, UpdateTableInput, UpdateTableOutput> = {
  refuses: [
    'DisassociationProtectionEnabled',
    'GlobalTableSettingsReplicationMode',
    'GlobalTableWitnessUpdates',
    'MultiRegionConsistency',
    'OnDemandThroughput',
    'VectorIndexUpdates',
    'WarmThroughput',
  ],
  partly: 'secondary indexes, streams, global tables',
  permissions: (service, input) => onTable(service, 'UpdateTable', input.TableName),
  run: (service, input) => {
    if (input.GlobalSecondaryIndexUpdates?.length) throw notModelled('secondary indexes');
    if (input.StreamSpecification?.StreamEnabled) throw notModelled('streams of tables');
    if (input.ReplicaUpdates?.length) throw notModelled('global tables');
    const table = service.table(input.TableName, 'named');
    const { settings } = table;
    settings.billingMode = input.BillingMode ?? settings.billingMode;
    settings.readCapacityUnits = input.ProvisionedThroughput?.ReadCapacityUnits ?? settings.readCapacityUnits;
    settings.writeCapacityUnits = input.ProvisionedThroughput?.WriteCapacityUnits ?? settings.writeCapacityUnits;
    settings.deletionProtection = input.DeletionProtectionEnabled ?? settings.deletionProtection;
    settings.tableClass = input.TableClass ?? settings.tableClass;
    settings.encrypted = input.SSESpecification?.Enabled ?? settings.encrypted;
    return { TableDescription: describe(table, 'UPDATING') };
  },
};
