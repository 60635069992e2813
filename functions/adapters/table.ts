import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ExpectedFailure, nameOf } from '../core/errors.ts';

/**
 * The controller's table: single items, each written only on the condition that it is still what was read.
 *
 * | pk | sk | what |
 * |---|---|---|
 * | `service#<service>` | `control` | who may move the service: fence, lease of the rollout, newest start, lease of the burst, current release, what dead rollouts left |
 * | `service#<service>` | `rollout#<startedAt>#<rolloutId>` | one rollout: what it wanted, what it touched, how it ended |
 * | `service#<service>` | `release#<provedAt>#<rolloutId>` | one committed release; never changed |
 * | `service#<service>` | `burst#<startedAt>#<burstId>` | one burst: what it remembers, how it ended; a refusal under the start of its five minutes |
 * | `service#<service>` | `turn#<askedAt>#<rolloutId>` | one start that waits for its turn: its task token |
 * | `service#<service>` | `scan#<rolloutId>`, `approval#<rolloutId>` | a start that waits at this gate: its task token |
 * | `history#<service>` | `line#<number>` | one line of what happened, with the hash of the line before; never changed |
 * | `history#<service>` | `place#<key>` | number of the line of one happening, so that it has only one |
 * | `history#<service>` | `head` | number and hash of the last line, so that an end that is cut off is missed |
 * | `all` | `freeze` | the freeze of all services |
 * | `service#<service>` | `watch` | what the rollout's execution waits for: its task token, the twins that it has moved, which tasks failed |
 * | `service#<service>` | `findings` | what the reconciler found at its last run |
 * | `twin#<twin>` | `news` | how the newest deployment of the twin ended, where nobody waited for it yet |
 * | `twin#<twin>` | `count` | the counts that the controller set last |
 * | `service#<service>` | `curve#<startedAt>#<burstId>#<part>` | the looks of one burst in numbers, 180 to a part |
 *
 * Every item has a `version` that rises with each write. Times in keys are ISO 8601 in UTC, so they sort.
 */
export interface TableClient {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly name: string;
}

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const serviceKey = (service: string, sk: string): Key => ({ pk: `service#${service}`, sk });
export const controlKey = (service: string): Key => serviceKey(service, 'control');
export const rolloutKey = (of: {
  readonly service: string;
  readonly startedAt: string;
  readonly rolloutId: string;
}): Key => serviceKey(of.service, `rollout#${of.startedAt}#${of.rolloutId}`);
export const releaseKey = (service: string, of: { readonly provedAt: string; readonly rolloutId: string }): Key =>
  serviceKey(service, `release#${of.provedAt}#${of.rolloutId}`);
export const turnKey = (of: { readonly service: string; readonly askedAt: string; readonly rolloutId: string }): Key =>
  serviceKey(of.service, `turn#${of.askedAt}#${of.rolloutId}`);
export const burstKey = (of: { readonly service: string; readonly startedAt: string; readonly burstId: string }): Key =>
  serviceKey(of.service, `burst#${of.startedAt}#${of.burstId}`);
export const freezeKey: Key = { pk: 'all', sk: 'freeze' };
export const watchKey = (service: string): Key => serviceKey(service, 'watch');
export const findingsKey = (service: string): Key => serviceKey(service, 'findings');
export const newsKey = (twin: string): Key => ({ pk: `twin#${twin}`, sk: 'news' });
export const blueprintKey = (twin: string): Key => ({ pk: `twin#${twin}`, sk: 'blueprint' });
export const countKey = (twin: string): Key => ({ pk: `twin#${twin}`, sk: 'count' });
/** `part`: three digits from 000, so that the parts of a burst sort. */
export const curveKey = (
  of: { readonly service: string; readonly startedAt: string; readonly burstId: string },
  part: number,
): Key => serviceKey(of.service, `curve#${of.startedAt}#${of.burstId}#${String(part).padStart(3, '0')}`);

/** An item and the version that a write of it is conditional on. Version 0: there is none yet. */
export interface Versioned<Item> {
  readonly item: Item;
  readonly version: number;
}

// DynamoDB's wire format, for plain JSON data.

const toAttribute = (value: unknown): AttributeValue => {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  return { M: toItem(value as Readonly<Record<string, unknown>>) };
};

const toItem = (item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, toAttribute(value)]),
  );

const fromAttribute = (attribute: AttributeValue): unknown => {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.M !== undefined) return fromItem(attribute.M);
  return null;
};

export const fromItem = (item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]));

const strip = <Item>(raw: Readonly<Record<string, AttributeValue>>): Versioned<Item> => {
  const { pk: _pk, sk: _sk, version, ...item } = fromItem(raw);
  return { item: item as Item, version: Number(version) };
};

const keyOf = (key: Key): Record<string, AttributeValue> => ({ pk: { S: key.pk }, sk: { S: key.sk } });

/** The newest state of one item; undefined when there is none. */
export const readItem = async <Item>(table: TableClient, key: Key): Promise<Versioned<Item> | undefined> => {
  const { Item } = await table.client.send(
    new GetItemCommand({ TableName: table.name, Key: keyOf(key), ConsistentRead: true }),
  );
  return Item && strip<Item>(Item);
};

/**
 * Writes one item as a whole, if it is still at the version that was read.
 * @returns false when it is not; nothing is written then.
 */
export const writeItem = async <Item extends object>(
  table: TableClient,
  key: Key,
  item: Item,
  read: Versioned<object> | undefined,
): Promise<boolean> => {
  const next = toItem({ ...item, version: (read?.version ?? 0) + 1 });
  const gone = Object.keys(read?.item ?? {}).filter((name) => !(name in next));
  const set = Object.keys(next);
  const names = Object.fromEntries([...set, ...gone, 'version'].map((name) => [`#${name}`, name]));
  try {
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key: keyOf(key),
        UpdateExpression: [
          `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}`,
          ...(gone.length > 0 ? [`REMOVE ${gone.map((name) => `#${name}`).join(', ')}`] : []),
        ].join(' '),
        ConditionExpression: read ? '#version = :read' : 'attribute_not_exists(#version)',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: {
          ...Object.fromEntries(set.map((name) => [`:${name}`, next[name] as AttributeValue])),
          ...(read && { ':read': { N: String(read.version) } }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (nameOf(error) === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};

/**
 * Deletes one item that holds a task token, if it is still the one that was read. Versions begin anew with each item, and
 * an item that was made after a deletion whose answer was lost must survive the repetition of that call: so the token
 * must be the same, too, which is another one for each wait.
 */
export const deleteItem = async (
  table: TableClient,
  key: Key,
  read: Versioned<{ readonly token: string }>,
): Promise<void> => {
  try {
    await table.client.send(
      new DeleteItemCommand({
        TableName: table.name,
        Key: keyOf(key),
        ConditionExpression: '#version = :read AND #token = :token',
        ExpressionAttributeNames: { '#version': 'version', '#token': 'token' },
        ExpressionAttributeValues: { ':read': { N: String(read.version) }, ':token': { S: read.item.token } },
      }),
    );
  } catch (error) {
    if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
  }
};

/** Events come in dozens at a time; each round at least one writer gets through. */
const attempts = 25;

/**
 * Reads an item, lets `change` say what it becomes and writes that, again and again until nobody else wrote in between.
 * `change` may answer the item that it was given, which writes nothing, or undefined, which leaves it as it is too.
 * @throws ExpectedFailure `ItemContended` when others were always faster.
 */
export const changeItem = async <Item extends object>(
  table: TableClient,
  key: Key,
  change: (item: Item | undefined) => Item | undefined,
): Promise<Item | undefined> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const read = await readItem<Item>(table, key);
    const next = change(read?.item);
    if (next === undefined || next === read?.item) return read?.item;
    if (await writeItem(table, key, next, read)) return next;
  }
  throw new ExpectedFailure(
    'ItemContended',
    `${key.pk} ${key.sk} was changed by others in each of ${attempts} attempts.`,
  );
};

/** Creates an item; one that is there already is left as it is. */
export const createItem = async <Item extends object>(table: TableClient, key: Key, item: Item): Promise<void> => {
  await createdItem(table, key, item);
};

/** Creates an item. @returns false when there is one already, which is left as it is. */
export const createdItem = <Item extends object>(table: TableClient, key: Key, item: Item): Promise<boolean> =>
  writeItem(table, key, item, undefined);

/** A page of the items of one kind, newest first. */
const newestPage = async <Item>(
  table: TableClient,
  pk: string,
  prefix: string,
  limit: number,
  after?: Record<string, AttributeValue>,
): Promise<{ readonly items: readonly Item[]; readonly last: Record<string, AttributeValue> | undefined }> => {
  const { Items, LastEvaluatedKey } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: prefix } },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: limit,
      ...(after && { ExclusiveStartKey: after }),
    }),
  );
  return { items: (Items ?? []).map((raw) => strip<Item>(raw).item), last: LastEvaluatedKey };
};

/** The newest items of one kind, newest first, by the prefix of their sort key. */
export const newestItems = async <Item>(
  table: TableClient,
  pk: string,
  prefix: string,
  limit: number,
): Promise<readonly Item[]> => (await newestPage<Item>(table, pk, prefix, limit)).items;

/**
 * The newest item of one kind that `fits`, by the prefix of its sort key; undefined when none of the newest 500 does. One
 * page of them is read after the other, since the newest mostly fits.
 */
export const newestItem = async <Item>(
  table: TableClient,
  pk: string,
  prefix: string,
  fits: (item: Item) => boolean,
): Promise<Item | undefined> => {
  let after: Record<string, AttributeValue> | undefined;
  for (const limit of newestPages) {
    const { items, last } = await newestPage<Item>(table, pk, prefix, limit, after);
    const found = items.find(fits);
    if (found || !last) return found;
    after = last;
  }
  return undefined;
};

const newestPages = [4, 96, 400] as const;

/** All items of one kind, in the order of their sort keys. */
export const allItems = async <Item>(table: TableClient, pk: string, prefix: string): Promise<readonly Item[]> => {
  const found: Item[] = [];
  let after: Record<string, AttributeValue> | undefined;
  do {
    const { Items, LastEvaluatedKey } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: prefix } },
        ConsistentRead: true,
        ...(after && { ExclusiveStartKey: after }),
      }),
    );
    found.push(...(Items ?? []).map((raw) => strip<Item>(raw).item));
    after = LastEvaluatedKey;
  } while (after);
  return found;
};
