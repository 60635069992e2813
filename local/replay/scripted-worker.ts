import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type ReceiveMessageResult,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { LoadReport } from '../../services/order-processor/load-report.ts';

/** What a replay knows of messages, and wants to know of them. */
export interface WorkerLog {
  received(message: number): void;
  worked(message: number, task: string, seconds: number): void;
  /** The power went while a message whose work was done was deleted: whether it comes back nobody knows. */
  undecided(message: number): void;
  /** Seconds of work in a message. */
  workSeconds(message: number): number;
}

/** Which tasks' machines have lost their power: they do nothing any more, and give nothing back. */
export class Power {
  readonly #cuts = new Map<string, AbortController>();

  /** Aborted when the power of the task's machine is lost. */
  of(task: string): AbortSignal {
    return this.#cut(task).signal;
  }

  lose(task: string): void {
    this.#cut(task).abort();
  }

  #cut(task: string): AbortController {
    const cut = this.#cuts.get(task) ?? new AbortController();
    this.#cuts.set(task, cut);
    return cut;
  }
}

interface Dependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clients: {
    readonly sqs: Pick<SQSClient, 'send'>;
    readonly dynamodb: Pick<DynamoDBClient, 'send'>;
    readonly events: Pick<EventBridgeClient, 'send'>;
  };
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  readonly task: { readonly arn: string; readonly launchType: 'EXTERNAL' | 'FARGATE' };
  readonly log: (entry: Record<string, unknown>) => void;
}

const longPollSeconds = 20;
/** Of the stop timeout, kept for giving back what is not finished. */
const giveBackSeconds = 5;

/**
 * A workload that is nothing but its service time: under its own role it receives one message, holds it for as long as
 * the load says, and asks for the next while it deletes this one. A message is its number in the load. It reports its load as the
 * order processor does, by the same code.
 */
export const scriptedWorker = (replay: WorkerLog, power: Power) => ({
  create: ({ env, clients, clock, task, log }: Dependencies) => {
    const queueUrl = env.MESSAGES_QUEUE_URL;
    const queue = env.LOAD_REPORTS_QUEUE ?? '';
    const dark = power.of(task.arn);
    const receiving = new AbortController();
    const working = new AbortController();
    dark.addEventListener('abort', () => receiving.abort());
    let loop: Promise<unknown> = Promise.resolve();
    const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
      if (!signal.aborted) await clock.sleep(ms, signal).catch(() => undefined);
    };
    const load = new LoadReport({
      service: env.LOAD_REPORTS_SERVICE ?? '',
      queue,
      deadlineSeconds: Number(env.LOAD_REPORTS_DEADLINE_SECONDS),
      tableName: env.LOAD_REPORTS_TABLE_NAME ?? '',
      slots: 1,
      task,
      clients,
      clock,
      pause,
      log,
    });
    const receive = async (): Promise<ReceiveMessageResult> => {
      try {
        return await clients.sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: 1,
            WaitTimeSeconds: longPollSeconds,
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
          { abortSignal: receiving.signal },
        );
      } catch (error) {
        if (receiving.signal.aborted) return {};
        throw error;
      }
    };
    const work = async (): Promise<void> => {
      let deleted: Promise<unknown> = Promise.resolve();
      while (!receiving.signal.aborted) {
        const [message] = (await receive()).Messages ?? [];
        if (!message || dark.aborted) continue;
        const number = Number(message.Body);
        const sentMs = Number(message.Attributes?.SentTimestamp);
        replay.received(number);
        load.received(queue, sentMs, clock.now());
        const ended = load.began();
        const seconds = replay.workSeconds(number);
        await pause(seconds * 1_000, working.signal);
        if (dark.aborted) return;
        const held = { QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle };
        if (working.signal.aborted) {
          await clients.sqs.send(new ChangeMessageVisibilityCommand({ ...held, VisibilityTimeout: 0 }));
        } else {
          replay.worked(number, task.arn, seconds);
          await deleted;
          deleted = clients.sqs.send(new DeleteMessageCommand(held)).then(
            () => load.completed(queue, sentMs),
            (error: unknown) => {
              if (!dark.aborted) throw error;
              replay.undecided(number);
            },
          );
        }
        ended();
      }
      await deleted;
    };
    return {
      fetch: () => new Response('ok'),
      start: () => {
        if (env.SPILLWAY_PROBE !== '1') loop = Promise.all([work(), load.run(receiving.signal)]);
      },
      stop: async () => {
        // A machine without power does not even stop.
        if (dark.aborted) return new Promise<never>(() => undefined);
        receiving.abort();
        const told = load.stopping();
        const done = new AbortController();
        const limitMs = (Number(env.STOP_TIMEOUT_SECONDS ?? 30) - giveBackSeconds) * 1_000;
        const limit = pause(limitMs, done.signal).then(() => (done.signal.aborted ? undefined : working.abort()));
        await loop;
        done.abort();
        await Promise.all([limit, told]);
        await load.stopping();
      },
    };
  },
});
