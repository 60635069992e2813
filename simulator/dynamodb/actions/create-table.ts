import type { CreateTableInput, CreateTableOutput } from '@aws-sdk/client-dynamodb';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { describe } from '../describe.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { invalidParameters, validation } from '../errors.ts';
import { onTable } from '../item-request.ts';
import { Table } from '../table.ts';

export const createTable: ActionDefinition<DynamoDbService, CreateTableInput, CreateTableOutput> = {
  refuses: [
    'GlobalTableSettingsReplicationMode',
    'GlobalTableSourceArn',
    'OnDemandThroughput',
    'ResourcePolicy',
    'VectorIndexes',
    'WarmThroughput',
  ],
  partly: 'secondary indexes, streams',
  permissions: (service, input) => onTable(service, 'CreateTable', input.TableName),
  run: (service, input) => {
    const name = input.TableName;
    if (!name) throw validation('The parameter TableName is required but was not present in the request');
    if (!/^[\w.-]{3,255}$/.test(name))
      throw validation(
        'TableName must be at least 3 characters long and at most 255 characters long, and may contain only the characters a-z, A-Z, 0-9, _, - and .',
      );
    if (input.GlobalSecondaryIndexes?.length || input.LocalSecondaryIndexes?.length)
      throw notModelled('secondary indexes');
    if (input.StreamSpecification?.StreamEnabled) throw notModelled('streams of tables');
    if (service.tables.has(name)) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
    const keySchema = input.KeySchema ?? [];
    const attributes = input.AttributeDefinitions ?? [];
    if (attributes.length !== keySchema.length)
      throw invalidParameters(
        'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
      );
    const table = new Table(service.ctx.kernel, {
      name,
      arn: service.arnOf(name),
      keySchema,
      attributeDefinitions: attributes,
      timeToLiveLagMs: service.ctx.fidelity.dynamodb.timeToLiveLagMs,
      settings: {
        billingMode: input.BillingMode ?? 'PROVISIONED',
        readCapacityUnits: input.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
        writeCapacityUnits: input.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
        deletionProtection: input.DeletionProtectionEnabled ?? false,
        tableClass: input.TableClass,
        pointInTimeRecovery: false,
        recoveryPeriodDays: 35,
        encrypted: input.SSESpecification?.Enabled ?? false,
      },
    });
    for (const { Key = '', Value = '' } of input.Tags ?? []) table.tags.set(Key, Value);
    service.tables.set(name, table);
    // AWS needs some seconds here; nothing of ours races with it, so the table is there with the next call.
    return { TableDescription: describe(table, 'CREATING') };
  },
};
