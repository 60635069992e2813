import { isObject, type JsonObject, sameJson } from '../json.ts';
import { flag, list, object, pick, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

interface Table {
  readonly TableArn: string;
  readonly TableStatus: string;
  readonly LatestStreamArn?: string;
}

interface SecondaryIndex extends JsonObject {
  readonly IndexName: string;
}

const activeTimeoutMs = 10 * 60 * 1_000;

/** Capacity units are numbers; templates may give text. */
const throughput = (value: unknown): JsonObject | undefined =>
  isObject(value)
    ? {
        ReadCapacityUnits: Number(value.ReadCapacityUnits),
        WriteCapacityUnits: Number(value.WriteCapacityUnits),
      }
    : undefined;

const index = (value: SecondaryIndex): JsonObject => ({
  ...pick(value, 'IndexName', 'KeySchema', 'Projection', 'OnDemandThroughput'),
  ...(value.ProvisionedThroughput ? { ProvisionedThroughput: throughput(value.ProvisionedThroughput) } : {}),
});

const encryption = (properties: Properties): JsonObject | undefined => {
  const specification = object(properties, 'SSESpecification');
  return (
    specification && {
      Enabled: flag(specification, 'SSEEnabled') ?? false,
      ...pick(specification, 'SSEType', 'KMSMasterKeyId'),
    }
  );
};

const stream = (properties: Properties): JsonObject | undefined => {
  const specification = object(properties, 'StreamSpecification');
  return specification && { StreamEnabled: true, ...pick(specification, 'StreamViewType') };
};

const describe = async (context: ResourceContext, TableName: string): Promise<Table> =>
  (await context.call<{ Table: Table }>('dynamodb', 'DescribeTable', { TableName })).Table;

const active = (context: ResourceContext, name: string): Promise<void> =>
  context.until(async () => (await describe(context, name)).TableStatus === 'ACTIVE', {
    everyMs: 1_000,
    timeoutMs: activeTimeoutMs,
    what: 'DynamoDB table',
  });

/** What has an API of its own. */
const bringOptions = async (
  context: ResourceContext,
  TableName: string,
  before: Properties,
  after: Properties,
): Promise<void> => {
  const ttl = object(after, 'TimeToLiveSpecification');
  const oldTtl = object(before, 'TimeToLiveSpecification');
  if (!sameJson(ttl, oldTtl)) {
    const AttributeName = (ttl ?? oldTtl)?.AttributeName;
    await context.call('dynamodb', 'UpdateTimeToLive', {
      TableName,
      TimeToLiveSpecification: { AttributeName, Enabled: ttl ? (flag(ttl, 'Enabled') ?? false) : false },
    });
  }
  const recovery = object(after, 'PointInTimeRecoverySpecification');
  if (!sameJson(recovery, object(before, 'PointInTimeRecoverySpecification')))
    await context.call('dynamodb', 'UpdateContinuousBackups', {
      TableName,
      PointInTimeRecoverySpecification: {
        PointInTimeRecoveryEnabled: recovery ? (flag(recovery, 'PointInTimeRecoveryEnabled') ?? false) : false,
      },
    });
};

export const dynamoDbTable: ResourceProvider = {
  type: 'AWS::DynamoDB::Table',
  properties: [
    'AttributeDefinitions',
    'BillingMode',
    'DeletionProtectionEnabled',
    'GlobalSecondaryIndexes',
    'KeySchema',
    'LocalSecondaryIndexes',
    'PointInTimeRecoverySpecification',
    'ProvisionedThroughput',
    'SSESpecification',
    'StreamSpecification',
    'TableClass',
    'TableName',
    'Tags',
    'TimeToLiveSpecification',
  ],
  attributes: ['Arn', 'StreamArn'],
  replacedBy: ['KeySchema', 'LocalSecondaryIndexes', 'TableName'],
  create: async (context, properties) => {
    const TableName = text(properties, 'TableName') ?? context.name({ maxLength: 255 });
    const indexes = list<SecondaryIndex>(properties, 'GlobalSecondaryIndexes').map(index);
    const localIndexes = list<SecondaryIndex>(properties, 'LocalSecondaryIndexes').map(index);
    const deletionProtection = flag(properties, 'DeletionProtectionEnabled');
    await context.call('dynamodb', 'CreateTable', {
      TableName,
      ...pick(properties, 'AttributeDefinitions', 'KeySchema', 'TableClass'),
      BillingMode: text(properties, 'BillingMode') ?? 'PROVISIONED',
      ...(properties.ProvisionedThroughput
        ? { ProvisionedThroughput: throughput(properties.ProvisionedThroughput) }
        : {}),
      ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
      ...(localIndexes.length > 0 ? { LocalSecondaryIndexes: localIndexes } : {}),
      ...(stream(properties) ? { StreamSpecification: stream(properties) } : {}),
      ...(encryption(properties) ? { SSESpecification: encryption(properties) } : {}),
      ...(deletionProtection === undefined ? {} : { DeletionProtectionEnabled: deletionProtection }),
      ...(properties.Tags ? { Tags: tagList(properties) } : {}),
    });
    context.made(TableName);
    await active(context, TableName);
    await bringOptions(context, TableName, {}, properties);
    const table = await describe(context, TableName);
    return {
      physicalId: TableName,
      attributes: { Arn: table.TableArn, ...(table.LatestStreamArn ? { StreamArn: table.LatestStreamArn } : {}) },
    };
  },
  update: async (context, { before, properties, changed }) => {
    const TableName = before.physicalId;
    const whole = [
      'BillingMode',
      'DeletionProtectionEnabled',
      'ProvisionedThroughput',
      'SSESpecification',
      'StreamSpecification',
      'TableClass',
    ];
    if (whole.some((name) => changed.has(name))) {
      await context.call('dynamodb', 'UpdateTable', {
        TableName,
        ...(changed.has('BillingMode') ? { BillingMode: text(properties, 'BillingMode') ?? 'PROVISIONED' } : {}),
        ...(changed.has('ProvisionedThroughput') && properties.ProvisionedThroughput
          ? { ProvisionedThroughput: throughput(properties.ProvisionedThroughput) }
          : {}),
        ...(changed.has('TableClass') ? { TableClass: text(properties, 'TableClass') ?? 'STANDARD' } : {}),
        ...(changed.has('DeletionProtectionEnabled')
          ? { DeletionProtectionEnabled: flag(properties, 'DeletionProtectionEnabled') ?? false }
          : {}),
        ...(changed.has('SSESpecification') ? { SSESpecification: encryption(properties) ?? { Enabled: false } } : {}),
        ...(changed.has('StreamSpecification')
          ? { StreamSpecification: stream(properties) ?? { StreamEnabled: false } }
          : {}),
      });
      await active(context, TableName);
    }
    // DynamoDB makes or drops one index in one call.
    const oldIndexes = list<SecondaryIndex>(before.properties, 'GlobalSecondaryIndexes');
    const newIndexes = list<SecondaryIndex>(properties, 'GlobalSecondaryIndexes');
    const named = (indexes: readonly SecondaryIndex[], name: string): SecondaryIndex | undefined =>
      indexes.find((item) => item.IndexName === name);
    const updates = [
      ...oldIndexes
        .filter((item) => !sameJson(item, named(newIndexes, item.IndexName)))
        .map((item) => ({ Delete: { IndexName: item.IndexName } })),
      ...newIndexes
        .filter((item) => !sameJson(item, named(oldIndexes, item.IndexName)))
        .map((item) => ({ Create: index(item) })),
    ];
    for (const update of updates) {
      await context.call('dynamodb', 'UpdateTable', {
        TableName,
        ...pick(properties, 'AttributeDefinitions'),
        GlobalSecondaryIndexUpdates: [update],
      });
      await active(context, TableName);
    }
    await bringOptions(context, TableName, before.properties, properties);
    const table = await describe(context, TableName);
    return {
      physicalId: TableName,
      attributes: { Arn: table.TableArn, ...(table.LatestStreamArn ? { StreamArn: table.LatestStreamArn } : {}) },
    };
  },
  delete: async (context, existing) => {
    await context.call('dynamodb', 'DeleteTable', { TableName: existing.physicalId });
  },
};
