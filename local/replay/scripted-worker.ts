import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';

/** What a worker tells of a message that it received and of one that it has done. */
export interface WorkerLog {
  received(message: number, task: string): void;
  worked(message: number, task: string, seconds: number): void;
  /** Seconds of work in a message. */
  workSeconds(message: number): number;
}

/** Which tasks' machines have lost their power: they do nothing any more, and give nothing back. */
export class Power {
  readonly #cuts = new Map<string, AbortController>();

  /** Aborted when the power of the task's machine is lost. */
  of(task: string): AbortSignal {
    const cut = this.#cuts.get(task) ?? new AbortController();
    this.#cuts.set(task, cut);
    return cut.signal;
  }

  lose(task: string): void {
    this.of(task);
    this.#cuts.get(task)?.abort();
  }
}

interface Dependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clients: { readonly sqs: { send(command: object, options?: object): Promise<unknown> } };
  readonly clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  readonly task: { readonly arn: string; readonly launchType: 'EXTERNAL' | 'FARGATE' };
}

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

const longPollSeconds = 20;

/**
 * A workload that is nothing but its service time: it receives one message, holds it for as long as the load says,
 * deletes it, and asks for the next, under its own role. A message is its number in the load.
 */
export const scriptedWorker = (log: WorkerLog, power: Power) => ({
  create: ({ env, clients, clock, task }: Dependencies) => {
    const queueUrl = env.MESSAGES_QUEUE_URL;
    const receiving = new AbortController();
    const dark = power.of(task.arn);
    dark.addEventListener('abort', () => receiving.abort());
    let loop: Promise<void> = Promise.resolve();
    const work = async (): Promise<void> => {
      while (!receiving.signal.aborted) {
        const { Messages: messages = [] } = (await clients.sqs
          .send(
            new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: longPollSeconds }),
            {
              abortSignal: receiving.signal,
            },
          )
          .catch((error: unknown) => {
            if (receiving.signal.aborted) return {};
            throw error;
          })) as Received;
        for (const { Body: body, ReceiptHandle: handle } of messages) {
          const message = Number(body);
          log.received(message, task.arn);
          const seconds = log.workSeconds(message);
          await clock.sleep(seconds * 1_000);
          if (dark.aborted) return;
          log.worked(message, task.arn, seconds);
          await clients.sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: handle }));
        }
      }
    };
    return {
      fetch: () => new Response('ok'),
      start: () => {
        if (env.SPILLWAY_PROBE !== '1') loop = work();
      },
      stop: async () => {
        receiving.abort();
        await loop;
        // A machine without power does not even stop.
        if (dark.aborted) await new Promise<never>(() => undefined);
      },
    };
  },
});
