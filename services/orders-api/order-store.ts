import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';

export interface OrderRecord {
  readonly id: string;
  readonly status: 'accepted' | 'processed';
  readonly fingerprint: string | undefined;
  readonly acceptedAt: string | undefined;
  readonly processedAt: string | undefined;
  readonly processedOn: { readonly capacity: string; readonly task: string } | undefined;
  /** How often the order had its effect: 0 until it is processed, 1 afterwards, anything else is a fault. */
  readonly effects: number;
}

export interface AcceptedOrder {
  readonly id: string;
  readonly fingerprint: string;
  readonly residency: string;
  readonly acceptedAt: string;
}

/** The orders table, as this service sees it. */
export class OrderStore {
  readonly #dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly #tableName: string;

  constructor(dynamodb: Pick<DynamoDBClient, 'send'>, tableName: string) {
    this.#dynamodb = dynamodb;
    this.#tableName = tableName;
  }

  async find(id: string): Promise<OrderRecord | undefined> {
    const output = await this.#dynamodb.send(
      new GetItemCommand({ TableName: this.#tableName, Key: { id: { S: id } }, ConsistentRead: true }),
    );
    return output.Item && recordOf(output.Item);
  }

  /** Records an order as accepted unless the table knows it. @returns the record that was there before, if any. */
  async recordAccepted(order: AcceptedOrder): Promise<OrderRecord | undefined> {
    try {
      await this.#dynamodb.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: {
            id: { S: order.id },
            status: { S: 'accepted' },
            fingerprint: { S: order.fingerprint },
            residency: { S: order.residency },
            acceptedAt: { S: order.acceptedAt },
          },
          ConditionExpression: 'attribute_not_exists(id)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        return error.Item ? recordOf(error.Item) : this.find(order.id);
      throw error;
    }
  }
}

const recordOf = (item: Readonly<Record<string, AttributeValue>>): OrderRecord => {
  const processedOn = item.processedOn?.M;
  return {
    id: item.id?.S ?? '',
    status: item.processedAt?.S === undefined ? 'accepted' : 'processed',
    fingerprint: item.fingerprint?.S,
    acceptedAt: item.acceptedAt?.S,
    processedAt: item.processedAt?.S,
    processedOn: processedOn && { capacity: processedOn.capacity?.S ?? '', task: processedOn.task?.S ?? '' },
    effects: Number(item.effects?.N ?? '0'),
  };
};
