import type { AttributeDefinition, AttributeValue, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { Heap } from '../kernel/heap.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { invalidParameters, validation } from './errors.ts';
import { compare, copyValue, type Item, readValue, sizeOfItem, type Value } from './value.ts';

export interface KeyElement {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

/** Items of one partition key, in the order of the sort key. */
type Partition = Item[];

export interface TableSettings {
  billingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
  readCapacityUnits: number;
  writeCapacityUnits: number;
  deletionProtection: boolean;
  tableClass: string | undefined;
  pointInTimeRecovery: boolean;
  recoveryPeriodDays: number;
  encrypted: boolean;
}

/** One page of items, as the table holds them. */
export interface Page {
  readonly items: readonly Item[];
  /** Bytes read, which is what capacity is counted by. */
  readonly bytes: number;
  /** Where the page stopped; undefined when everything was read. */
  readonly last: Item | undefined;
}

/** A page of Query or Scan reads up to 1 MB. */
const pageBytesMax = 1_048_576;

/** One table: partitions by key, each sorted, so that a query finds its first item by bisection. */
export class Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdMs: number;
  readonly hash: KeyElement;
  readonly range: KeyElement | undefined;
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly settings: TableSettings;
  readonly tags = new Map<string, string>();

  readonly #kernel: Kernel;
  readonly #timeToLiveLagMs: number;
  readonly #partitions = new Map<string, Partition>();
  readonly #expiries = new Heap<{ readonly dueMs: number; readonly item: Item }>((a, b) => a.dueMs < b.dueMs);
  #timeToLiveAttribute: string | undefined;
  #sweepAtMs = Number.POSITIVE_INFINITY;
  #itemCount = 0;
  #bytes = 0;

  constructor(
    kernel: Kernel,
    definition: {
      readonly name: string;
      readonly arn: string;
      readonly keySchema: readonly KeySchemaElement[];
      readonly attributeDefinitions: readonly AttributeDefinition[];
      readonly settings: TableSettings;
      readonly timeToLiveLagMs: number;
    },
  ) {
    this.#kernel = kernel;
    this.#timeToLiveLagMs = definition.timeToLiveLagMs;
    this.name = definition.name;
    this.arn = definition.arn;
    this.id = kernel.uuid('dynamodb.table-id');
    this.createdMs = kernel.now();
    this.attributeDefinitions = definition.attributeDefinitions.map((attribute) => ({ ...attribute }));
    this.settings = definition.settings;
    const element = (keyType: string): KeyElement | undefined => {
      const name = definition.keySchema.find(({ KeyType }) => KeyType === keyType)?.AttributeName;
      if (name === undefined) return undefined;
      const type = definition.attributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
      if (!type)
        throw invalidParameters(
          `Some index key attributes are not defined in AttributeDefinitions. Keys: [${name}], AttributeDefinitions: [${definition.attributeDefinitions.map(({ AttributeName }) => AttributeName).join(', ')}]`,
        );
      return { name, type };
    };
    const hash = element('HASH');
    if (!hash) throw invalidParameters('Missing Key Schema Element: HASH');
    this.hash = hash;
    this.range = element('RANGE');
  }

  get itemCount(): number {
    return this.#itemCount;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get keyElements(): readonly KeyElement[] {
    return this.range ? [this.hash, this.range] : [this.hash];
  }

  get timeToLiveAttribute(): string | undefined {
    return this.#timeToLiveAttribute;
  }

  set timeToLiveAttribute(name: string | undefined) {
    this.#timeToLiveAttribute = name;
    this.#expiries.clear();
    if (name === undefined) return;
    for (const partition of this.#partitions.values()) for (const item of partition) this.#watchExpiry(item);
  }

  /** The key of a request, checked. @throws AwsError when it is not exactly the key of this table */
  readKey(input: Readonly<Record<string, AttributeValue>> | undefined): Item {
    const elements = this.keyElements;
    const mismatch = () => validation('The provided key element does not match the schema');
    if (!input || Object.keys(input).length !== elements.length) throw mismatch();
    const key: Record<string, Value> = {};
    for (const { name, type } of elements) {
      const value = input[name] && readValue(input[name]);
      if (!value || value[type] === undefined) throw mismatch();
      checkNotEmpty(name, value);
      key[name] = value;
    }
    return key;
  }

  /** @throws AwsError when an item lacks a key attribute, or has one of another type */
  checkKeyOf(item: Item): void {
    for (const { name, type } of this.keyElements) {
      const value = item[name];
      if (!value) throw invalidParameters(`Missing the key ${name} in the item`);
      if (value[type] === undefined)
        throw invalidParameters(`Type mismatch for key ${name} expected: ${type} actual: ${Object.keys(value)[0]}`);
      checkNotEmpty(name, value);
    }
  }

  /** The key attributes of an item, as a copy for a caller. */
  keyOf(item: Item): Record<string, AttributeValue> {
    return Object.fromEntries(this.keyElements.map(({ name }) => [name, copyValue(item[name] as Value)]));
  }

  get(key: Item): Item | undefined {
    const partition = this.#partitions.get(this.#partitionKey(key));
    if (!partition) return undefined;
    const index = this.#bisect(partition, key);
    const found = partition[index];
    return found && this.#compareRange(found, key) === 0 ? found : undefined;
  }

  /** `bytes`: the size of the item, which whoever puts it has checked. */
  put(item: Item, bytes: number): void {
    const partitionKey = this.#partitionKey(item);
    let partition = this.#partitions.get(partitionKey);
    if (!partition) {
      partition = [];
      this.#partitions.set(partitionKey, partition);
    }
    const index = this.#bisect(partition, item);
    const old = partition[index];
    this.#bytes += bytes;
    if (old && this.#compareRange(old, item) === 0) {
      this.#bytes -= sizeOfItem(old);
      partition[index] = item;
    } else {
      partition.splice(index, 0, item);
      this.#itemCount += 1;
    }
    this.#watchExpiry(item);
  }

  delete(key: Item): void {
    const partitionKey = this.#partitionKey(key);
    const partition = this.#partitions.get(partitionKey);
    if (!partition) return;
    const index = this.#bisect(partition, key);
    const old = partition[index];
    if (!old || this.#compareRange(old, key) !== 0) return;
    partition.splice(index, 1);
    if (partition.length === 0) this.#partitions.delete(partitionKey);
    this.#itemCount -= 1;
    this.#bytes -= sizeOfItem(old);
  }

  /**
   * Items of one partition in the order of the sort key, from the one after `after` on.
   * @param accepts what the sort key must be; items outside are not read and not counted
   */
  query(options: {
    readonly hash: Value;
    readonly accepts: (item: Item) => boolean;
    readonly forward: boolean;
    readonly limit: number | undefined;
    readonly after: Item | undefined;
  }): Page {
    const partition = this.#partitions.get(this.#partitionKey({ [this.hash.name]: options.hash })) ?? [];
    const { after, forward } = options;
    let index = forward ? 0 : partition.length - 1;
    if (after) {
      index = this.#bisect(partition, after);
      const found = partition[index];
      const exact = found !== undefined && this.#compareRange(found, after) === 0;
      if (forward && exact) index += 1;
      if (!forward) index -= 1;
    }
    const step = forward ? 1 : -1;
    const inOrder = function* (): Generator<Item> {
      for (let at = index; at >= 0 && at < partition.length; at += step) {
        const item = partition[at] as Item;
        if (options.accepts(item)) yield item;
      }
    };
    return readPage(inOrder(), options.limit);
  }

  /** All items, partition by partition in the order in which partitions came to be. */
  scan(options: { readonly limit: number | undefined; readonly after: Item | undefined }): Page {
    const { after } = options;
    const partitions = this.#partitions;
    const afterKey = after && this.#partitionKey(after);
    const isAfter = (item: Item): boolean => after === undefined || this.#compareRange(item, after) > 0;
    const inOrder = function* (): Generator<Item> {
      let started = afterKey === undefined || !partitions.has(afterKey);
      for (const [key, partition] of partitions) {
        if (started) yield* partition;
        else if (key === afterKey) {
          started = true;
          for (const item of partition) if (isAfter(item)) yield item;
        }
      }
    };
    return readPage(inOrder(), options.limit);
  }

  #partitionKey(item: Item): string {
    const value = item[this.hash.name] as Value;
    return value.S ?? value.N ?? Buffer.from(value.B as Uint8Array).toString('base64');
  }

  #compareRange(a: Item, b: Item): number {
    if (!this.range) return 0;
    return compare(a[this.range.name] as Value, b[this.range.name] as Value) ?? 0;
  }

  /** The position of the item with this sort key, or the one where it would be put. */
  #bisect(partition: Partition, key: Item): number {
    if (!this.range) return 0;
    let low = 0;
    let high = partition.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compareRange(partition[middle] as Item, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Time to live is a number of seconds since the epoch; items are deleted some time after it, and readable until then. */
  #watchExpiry(item: Item): void {
    const seconds = this.#timeToLiveAttribute === undefined ? undefined : item[this.#timeToLiveAttribute]?.N;
    if (seconds === undefined) return;
    this.#expiries.push({ dueMs: Number(seconds) * 1000 + this.#kernel.paced(this.#timeToLiveLagMs), item });
    this.#scheduleSweep();
  }

  #scheduleSweep(): void {
    const next = this.#expiries.peek();
    if (!next || next.dueMs >= this.#sweepAtMs) return;
    this.#sweepAtMs = next.dueMs;
    this.#kernel.after(next.dueMs - this.#kernel.now(), 'dynamodb.time-to-live', () => {
      if (this.#sweepAtMs !== next.dueMs) return;
      this.#sweepAtMs = Number.POSITIVE_INFINITY;
      const nowMs = this.#kernel.now();
      for (let due = this.#expiries.peek(); due && due.dueMs <= nowMs; due = this.#expiries.peek()) {
        this.#expiries.pop();
        // An item that was written again since is another object, and has its own entry.
        if (this.get(due.item) === due.item) this.delete(due.item);
      }
      this.#scheduleSweep();
    });
  }
}

const readPage = (items: Iterable<Item>, limit: number | undefined): Page => {
  const read: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    read.push(item);
    bytes += sizeOfItem(item);
    // A page that stops exactly at the last item still names it: the client learns only from the next, empty page.
    if (read.length === limit || bytes >= pageBytesMax) return { items: read, bytes, last: item };
  }
  return { items: read, bytes, last: undefined };
};

const checkNotEmpty = (name: string, value: Value): void => {
  if (value.S === '' || value.B?.length === 0)
    throw validation(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${value.S === '' ? 'string' : 'binary'} value. Key: ${name}`,
    );
};
