import type { ActionDefinition, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { batchGetItem } from './actions/batch-get-item.ts';
import { batchWriteItem } from './actions/batch-write-item.ts';
import { createTable } from './actions/create-table.ts';
import { deleteItem } from './actions/delete-item.ts';
import { deleteTable } from './actions/delete-table.ts';
import { describeContinuousBackups } from './actions/describe-continuous-backups.ts';
import { describeTable } from './actions/describe-table.ts';
import { describeTimeToLive } from './actions/describe-time-to-live.ts';
import { getItem } from './actions/get-item.ts';
import { listTables } from './actions/list-tables.ts';
import { listTagsOfResource } from './actions/list-tags-of-resource.ts';
import { putItem } from './actions/put-item.ts';
import { query } from './actions/query.ts';
import { scan } from './actions/scan.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import { updateContinuousBackups } from './actions/update-continuous-backups.ts';
import { updateItem } from './actions/update-item.ts';
import { updateTable } from './actions/update-table.ts';
import { updateTimeToLive } from './actions/update-time-to-live.ts';
import { noTable, validation } from './errors.ts';
import type { Table } from './table.ts';

/** Amazon DynamoDB with single-item operations and queries; no transactions, streams or secondary indexes. */
export class DynamoDbService implements SimulatedService {
  readonly name = 'dynamodb';
  readonly ctx: ServiceContext;
  readonly tables = new Map<string, Table>();

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<DynamoDbService, any, any>>> = {
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    CreateTable: createTable,
    DeleteItem: deleteItem,
    DeleteTable: deleteTable,
    DescribeContinuousBackups: describeContinuousBackups,
    DescribeTable: describeTable,
    DescribeTimeToLive: describeTimeToLive,
    GetItem: getItem,
    ListTables: listTables,
    ListTagsOfResource: listTagsOfResource,
    PutItem: putItem,
    Query: query,
    Scan: scan,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateContinuousBackups: updateContinuousBackups,
    UpdateItem: updateItem,
    UpdateTable: updateTable,
    UpdateTimeToLive: updateTimeToLive,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
  }

  /** A table is named by its name or its ARN. */
  arnOf(nameOrArn: string | undefined): string {
    return `arn:aws:dynamodb:${this.ctx.region}:${this.ctx.accountId}:table/${nameOf(nameOrArn)}`;
  }

  find(nameOrArn: string | undefined): Table | undefined {
    return this.tables.get(nameOf(nameOrArn));
  }

  /** @throws AwsError `ResourceNotFoundException`; actions on tables name the missing table, actions on items do not */
  table(nameOrArn: string | undefined, naming: 'named' | 'unnamed' = 'unnamed'): Table {
    if (!nameOrArn) throw validation('The parameter TableName is required but was not present in the request');
    const table = this.find(nameOrArn);
    if (!table) throw noTable(naming === 'named' ? `: Table: ${nameOf(nameOrArn)} not found` : '');
    return table;
  }
}

const nameOf = (nameOrArn: string | undefined): string => nameOrArn?.split('/').at(-1) ?? '';
