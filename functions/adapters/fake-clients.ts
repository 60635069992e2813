/** Fakes for tests, at the seam where functions meet AWS: `send`. */

interface Command {
  readonly input: unknown;
  readonly constructor: { readonly name: string };
}

/** A call that a fake client was sent: `UpdateService` and its input. */
export interface SentCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A client that answers each command by its name; `sent` collects what it was asked. */
export const fakeClient = (
  answers: Readonly<Record<string, (input: Readonly<Record<string, never>>) => unknown>>,
  sent: SentCall[] = [],
): never =>
  ({
    send: async (command: Command) => {
      const { input } = command;
      const name = command.constructor.name.replace(/Command$/, '');
      const answer = answers[name];
      if (!answer) throw new Error(`${name} was not expected`);
      sent.push({ name, input: input as SentCall['input'] });
      return answer(input as Readonly<Record<string, never>>);
    },
  }) as never;

export const namedError = (name: string, message = ''): Error => Object.assign(new Error(message), { name });

export const raise = (error: Error) => (): never => {
  throw error;
};

type Item = Record<string, { readonly N?: string; readonly S?: string }>;

interface Write {
  readonly Key: { readonly pk: { readonly S: string }; readonly sk: { readonly S: string } };
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, { N?: string; S?: string }>;
}

interface Query {
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S?: string }>>;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
}

/**
 * DynamoDB with the conditions and updates that the table uses, and no others: anything else throws.
 * @param beforeWrite called before each write; it may throw what DynamoDB would.
 */
export const fakeDynamoDb = (beforeWrite: () => void = () => undefined): { client: never; writes: () => number } => {
  const items = new Map<string, Item>();
  let writes = 0;
  const at = ({ Key: { pk, sk } }: Pick<Write, 'Key'>): string => `${pk.S} ${sk.S}`;
  const check = (write: Write): void => {
    beforeWrite();
    const item = items.get(at(write));
    const version = item?.version?.N;
    const asRead = version !== undefined && version === write.ExpressionAttributeValues[':read']?.N;
    const holds: Readonly<Record<string, boolean>> = {
      'attribute_not_exists(#version)': version === undefined,
      '#version = :read': asRead,
      '#version = :read AND #token = :token': asRead && item?.token?.S === write.ExpressionAttributeValues[':token']?.S,
    };
    const result = holds[write.ConditionExpression];
    if (result === undefined) throw new Error(`the condition ${write.ConditionExpression} is not known here`);
    if (!result) throw namedError('ConditionalCheckFailedException', 'The conditional request failed');
    writes += 1;
  };
  const client = fakeClient({
    GetItem: (input) => ({ Item: structuredClone(items.get(at(input as unknown as Write))) }),
    UpdateItem: (input) => {
      const write = input as unknown as Write;
      check(write);
      const next: Item = { ...items.get(at(write)) };
      const [set = '', remove = ''] = write.UpdateExpression.split(' REMOVE ');
      for (const [, name = '', value = ''] of set.matchAll(/(#\w+) = (:\w+)/g)) {
        const attribute = write.ExpressionAttributeValues[value];
        if (attribute) next[write.ExpressionAttributeNames[name] ?? ''] = attribute;
      }
      for (const [name] of remove.matchAll(/#\w+/g)) delete next[write.ExpressionAttributeNames[name] ?? ''];
      items.set(at(write), next);
      return {};
    },
    Query: (input) => {
      const query = input as unknown as Query;
      if (query.KeyConditionExpression !== 'pk = :pk AND begins_with(sk, :prefix)')
        throw new Error(`the condition ${query.KeyConditionExpression} is not known here`);
      const start = `${query.ExpressionAttributeValues[':pk']?.S} ${query.ExpressionAttributeValues[':prefix']?.S}`;
      const keys = [...items.keys()].filter((key) => key.startsWith(start)).sort();
      if (query.ScanIndexForward === false) keys.reverse();
      return { Items: keys.slice(0, query.Limit).map((key) => structuredClone(items.get(key))) };
    },
    DeleteItem: (input) => {
      check(input as unknown as Write);
      items.delete(at(input as unknown as Write));
      return {};
    },
  });
  return { client, writes: () => writes };
};
