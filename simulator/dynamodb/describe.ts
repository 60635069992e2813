import type { TableDescription, TableStatus } from '@aws-sdk/client-dynamodb';
import type { Table } from './table.ts';

export const describe = (table: Table, status: TableStatus = 'ACTIVE'): TableDescription => {
  const { settings } = table;
  return {
    AttributeDefinitions: table.attributeDefinitions.map((attribute) => ({ ...attribute })),
    TableName: table.name,
    KeySchema: table.keyElements.map(({ name }, index) => ({
      AttributeName: name,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    })),
    TableStatus: status,
    CreationDateTime: new Date(table.createdMs),
    ProvisionedThroughput: {
      NumberOfDecreasesToday: 0,
      ReadCapacityUnits: settings.readCapacityUnits,
      WriteCapacityUnits: settings.writeCapacityUnits,
    },
    TableSizeBytes: table.bytes,
    ItemCount: table.itemCount,
    TableArn: table.arn,
    TableId: table.id,
    ...(settings.billingMode === 'PAY_PER_REQUEST' ? { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } } : {}),
    ...(settings.tableClass ? { TableClassSummary: { TableClass: settings.tableClass as 'STANDARD' } } : {}),
    ...(settings.encrypted ? { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' } } : {}),
    DeletionProtectionEnabled: settings.deletionProtection,
  };
};
