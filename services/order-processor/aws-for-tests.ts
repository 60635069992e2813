import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ECSClient, UpdateTaskProtectionCommand } from '@aws-sdk/client-ecs';
import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** The time of a test, and what happens later in it. */
interface TestTime {
  now(): number;
  after(delayMs: number, label: string, task: () => void): { cancel(): void };
}

interface Stored {
  readonly id: string;
  readonly body: string;
  readonly sentMs: number;
  receives: number;
  visibleAtMs: number;
}

interface Waiter {
  readonly queueUrl: string;
  readonly max: number;
  readonly answer: (messages: Message[]) => void;
}

/** Queues with visibility, long polls and aborts, as far as a consumer can tell them from SQS. */
export class FakeSqs {
  readonly #time: TestTime;
  readonly #queues = new Map<string, Map<string, Stored>>();
  readonly #waiters = new Set<Waiter>();
  #sequence = 0;
  /** Thrown by calls of that command, as often as it says. */
  readonly failures: { readonly command: string; readonly error: Error; times: number }[] = [];
  /** What each receive asked for. */
  readonly asked: number[] = [];
  readonly visibilityChanges: { readonly atMs: number; readonly seconds: number }[] = [];

  constructor(time: TestTime) {
    this.#time = time;
  }

  /** @param lateSeconds how long ago it was sent. */
  put(queueUrl: string, body: string, lateSeconds = 0): void {
    const id = `m${++this.#sequence}`;
    this.#queue(queueUrl).set(id, {
      id,
      body,
      sentMs: this.#time.now() - 1_000 * lateSeconds,
      receives: 0,
      visibleAtMs: 0,
    });
    this.#serve();
  }

  /** Hands a message out again although a task holds it, as a standard queue may. */
  deliverAgain(queueUrl: string): void {
    for (const stored of this.#queue(queueUrl).values()) stored.visibleAtMs = 0;
    this.#serve();
  }

  left(queueUrl: string): number {
    return this.#queue(queueUrl).size;
  }

  visible(queueUrl: string): number {
    return [...this.#queue(queueUrl).values()].filter((stored) => stored.visibleAtMs <= this.#time.now()).length;
  }

  receives(queueUrl: string): readonly number[] {
    return [...this.#queue(queueUrl).values()].map((stored) => stored.receives);
  }

  get polling(): readonly string[] {
    return [...this.#waiters].map((waiter) => waiter.queueUrl);
  }

  readonly client = { send: (command: unknown, options?: unknown) => this.#send(command, options) } as unknown as Pick<
    SQSClient,
    'send'
  >;

  async #send(command: unknown, options?: unknown): Promise<unknown> {
    const name = (command as object).constructor.name;
    const failure = this.failures.find((planned) => planned.command === name && planned.times > 0);
    if (failure) {
      failure.times -= 1;
      throw failure.error;
    }
    if (command instanceof ReceiveMessageCommand)
      return this.#receive(command, (options as { abortSignal?: AbortSignal } | undefined)?.abortSignal);
    if (command instanceof ChangeMessageVisibilityCommand) {
      const { QueueUrl = '', ReceiptHandle = '', VisibilityTimeout = 0 } = command.input;
      this.visibilityChanges.push({ atMs: this.#time.now(), seconds: VisibilityTimeout });
      const stored = this.#queue(QueueUrl).get(ReceiptHandle.split('/')[0] ?? '');
      if (stored) this.#hide(stored, VisibilityTimeout);
      return {};
    }
    if (command instanceof DeleteMessageCommand) {
      const { QueueUrl = '', ReceiptHandle = '' } = command.input;
      this.#queue(QueueUrl).delete(ReceiptHandle.split('/')[0] ?? '');
      return {};
    }
    throw new Error(`no fake for ${name}`);
  }

  #receive(command: ReceiveMessageCommand, signal: AbortSignal | undefined): Promise<unknown> {
    const { QueueUrl: queueUrl = '', MaxNumberOfMessages: max = 1, WaitTimeSeconds: waitSeconds = 0 } = command.input;
    this.asked.push(max);
    return new Promise((resolve, reject) => {
      const answer = (messages: Message[]): void => {
        this.#waiters.delete(waiter);
        timer.cancel();
        resolve({ Messages: messages });
      };
      const waiter = { queueUrl, max, answer };
      const timer = this.#time.after(waitSeconds * 1_000, 'long poll', () => answer([]));
      signal?.addEventListener('abort', () => {
        this.#waiters.delete(waiter);
        timer.cancel();
        reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      });
      this.#waiters.add(waiter);
      this.#serve();
    });
  }

  #serve(): void {
    for (const waiter of [...this.#waiters]) {
      const visible = [...this.#queue(waiter.queueUrl).values()].filter(
        (stored) => stored.visibleAtMs <= this.#time.now(),
      );
      if (visible.length === 0) continue;
      waiter.answer(
        visible.slice(0, waiter.max).map((stored) => {
          stored.receives += 1;
          this.#hide(stored, 30);
          return {
            MessageId: stored.id,
            Body: stored.body,
            ReceiptHandle: `${stored.id}/${stored.receives}`,
            Attributes: { SentTimestamp: String(stored.sentMs), ApproximateReceiveCount: String(stored.receives) },
          };
        }),
      );
    }
  }

  #hide(stored: Stored, seconds: number): void {
    stored.visibleAtMs = this.#time.now() + seconds * 1_000;
    this.#time.after(seconds * 1_000, 'visible again', () => this.#serve());
  }

  #queue(queueUrl: string): Map<string, Stored> {
    const queue = this.#queues.get(queueUrl) ?? new Map<string, Stored>();
    this.#queues.set(queueUrl, queue);
    return queue;
  }
}

type Item = Record<string, AttributeValue>;

/** One table that evaluates the expressions it is sent, so that a wrong condition fails a test here. */
export class FakeTable {
  readonly items = new Map<string, Item>();
  readonly failures: Error[] = [];
  /** What was put, in order: the load reports. */
  readonly puts: Item[] = [];
  /** Thrown by puts, once each. */
  readonly putFailures: Error[] = [];

  readonly client = { send: (command: unknown) => this.#send(command) } as unknown as Pick<DynamoDBClient, 'send'>;

  async #send(command: unknown): Promise<unknown> {
    if (command instanceof PutItemCommand) {
      const refused = this.putFailures.shift();
      if (refused) throw refused;
      this.puts.push(command.input.Item ?? {});
      return {};
    }
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (!(command instanceof UpdateItemCommand)) throw new Error(`no fake for ${(command as object).constructor.name}`);
    const { Key, UpdateExpression, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } =
      command.input;
    const id = Key?.id?.S ?? '';
    const old = this.items.get(id);
    const name = (text: string): string => ExpressionAttributeNames?.[text] ?? text;
    const value = (text: string): AttributeValue => {
      const found = ExpressionAttributeValues?.[text];
      if (!found) throw new Error(`no value for ${text}`);
      return found;
    };
    if (!holds(ConditionExpression ?? '', old ?? {}, value))
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        Item: old && structuredClone(old),
      });
    const item: Item = { id: { S: id }, ...old };
    const [, sets = '', adds = ''] = /^SET (.*) ADD (.*)$/.exec(UpdateExpression ?? '') ?? [];
    for (const [, target = '', fallback, operand = ''] of sets.matchAll(
      /(#?\w+) = (?:if_not_exists\((\w+), (:\w+)\)|(?::\w+))/g,
    )) {
      const direct = new RegExp(`${target} = (:\\w+)`).exec(sets)?.[1] ?? '';
      if (fallback === undefined) item[name(target)] = value(direct);
      else item[name(target)] = old?.[fallback] ?? value(operand);
    }
    const [target = '', amount = ''] = adds.split(' ');
    item[target] = { N: String(Number(old?.[target]?.N ?? 0) + Number(value(amount).N)) };
    this.items.set(id, item);
    return {};
  }
}

/** Conditions made of attribute_not_exists, equality, AND, OR and parentheses. */
const holds = (condition: string, item: Item, value: (text: string) => AttributeValue): boolean => {
  const tokens = condition.match(/attribute_not_exists\(\w+\)|[()]|=|:?\w+/g) ?? [];
  let at = 0;
  const operand = (): boolean => {
    const token = tokens[at++] ?? '';
    if (token === '(') {
      const inner = either();
      at += 1;
      return inner;
    }
    const absent = /^attribute_not_exists\((\w+)\)$/.exec(token);
    if (absent) return item[absent[1] as string] === undefined;
    at += 1;
    return item[token] !== undefined && JSON.stringify(item[token]) === JSON.stringify(value(tokens[at++] ?? ''));
  };
  const both = (): boolean => {
    let result = operand();
    while (tokens[at] === 'AND') {
      at += 1;
      result = operand() && result;
    }
    return result;
  };
  const either = (): boolean => {
    let result = both();
    while (tokens[at] === 'OR') {
      at += 1;
      result = both() || result;
    }
    return result;
  };
  return either();
};

/** A bus that keeps what it is told. */
export class FakeEvents {
  readonly told: { readonly source: string; readonly detailType: string; readonly detail: unknown }[] = [];

  readonly client = {
    send: async (command: PutEventsCommand) => {
      for (const { Source = '', DetailType = '', Detail = '{}' } of command.input.Entries ?? [])
        this.told.push({ source: Source, detailType: DetailType, detail: JSON.parse(Detail) });
      return { FailedEntryCount: 0 };
    },
  } as unknown as Pick<EventBridgeClient, 'send'>;
}

/** Keeps when protection was asked for, in seconds of the test, and how. */
export class FakeProtection {
  readonly asked: (readonly [atMs: number, enabled: boolean | undefined, minutes: number | undefined])[] = [];
  readonly client: Pick<ECSClient, 'send'>;

  constructor(time: { now(): number }) {
    this.client = {
      send: async (command: UpdateTaskProtectionCommand) => {
        this.asked.push([time.now(), command.input.protectionEnabled, command.input.expiresInMinutes]);
        return { protectedTasks: [], failures: [] };
      },
    } as unknown as Pick<ECSClient, 'send'>;
  }
}
