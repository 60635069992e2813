import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { OrderMessage } from './order-message.ts';

export type EffectOutcome =
  | 'processed'
  /** The order had its effect before: this delivery is a repetition. */
  | 'repeated'
  /** The id belongs to an order with other content, which was recorded first. */
  | 'other-order';

export interface ProcessedOn {
  readonly capacity: 'external' | 'fargate';
  readonly task: string;
}

/** The orders table, as this service sees it. */
export class EffectStore {
  readonly #dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly #tableName: string;

  constructor(dynamodb: Pick<DynamoDBClient, 'send'>, tableName: string) {
    this.#dynamodb = dynamodb;
    this.#tableName = tableName;
  }

  /**
   * The order's effect, in one conditional write, so that it happens once however often the message is delivered and
   * however many tasks hold it. Writes the whole record where the accepted one is missing: the message alone counts.
   */
  async apply(order: OrderMessage, on: ProcessedOn, atMs: number): Promise<EffectOutcome> {
    try {
      await this.#dynamodb.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: { id: { S: order.id } },
          UpdateExpression:
            'SET #status = :processed, processedAt = :processedAt, processedOn = :processedOn, ' +
            'acceptedAt = if_not_exists(acceptedAt, :acceptedAt), residency = if_not_exists(residency, :residency), ' +
            'fingerprint = if_not_exists(fingerprint, :fingerprint) ADD effects :one',
          ConditionExpression:
            'attribute_not_exists(processedAt) AND (attribute_not_exists(fingerprint) OR fingerprint = :fingerprint)',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: {
            ':processed': { S: 'processed' },
            ':processedAt': { S: new Date(atMs).toISOString() },
            ':processedOn': { M: { capacity: { S: on.capacity }, task: { S: on.task } } },
            ':acceptedAt': { S: order.acceptedAt },
            ':residency': { S: order.residency },
            ':fingerprint': { S: order.fingerprint },
            ':one': { N: '1' },
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return 'processed';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const recorded = error.Item?.fingerprint?.S;
      return recorded !== undefined && recorded !== order.fingerprint ? 'other-order' : 'repeated';
    }
  }
}
