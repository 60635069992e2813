import { type ECSClient, UpdateTaskProtectionCommand } from '@aws-sdk/client-ecs';

/** The shortest that is surely longer than from one renewal to the next; it runs out by itself when this task dies. */
const expiresMinutes = 3;
/** The API is one bucket for all tasks of the account and Region: 80 calls a second (ECS developer guide, request throttling). */
const renewMs = 60_000;
/** The next message is usually here within this; until then the protection is kept, so that it costs no calls. */
const idleMs = 2_000;

interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/**
 * Spares this task in a scale-in or a deployment while it works on a message. Nothing waits for it: an answer that does
 * not come leaves the graceful stop, which gives the message back.
 */
export class TaskProtection {
  readonly #ecs: Pick<ECSClient, 'send'>;
  readonly #clock: Clock;
  readonly #taskArn: string;
  readonly #log: (entry: Record<string, unknown>) => void;
  #busy = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  #protected = false;

  constructor(
    ecs: Pick<ECSClient, 'send'>,
    clock: Clock,
    taskArn: string,
    log: (entry: Record<string, unknown>) => void,
  ) {
    this.#ecs = ecs;
    this.#clock = clock;
    this.#taskArn = taskArn;
    this.#log = log;
  }

  /** Work on a message begins. @returns to be called once when it ends. */
  began(): () => void {
    this.#busy += 1;
    this.renew();
    return () => {
      this.#busy -= 1;
      if (this.#busy === 0) void this.#releaseSoon();
    };
  }

  /** Asks for protection again while there is work, at most once a minute. */
  renew(): void {
    if (this.#busy > 0 && (!this.#protected || this.#clock.now() - this.#askedMs >= renewMs)) void this.#ask(true);
  }

  async #releaseSoon(): Promise<void> {
    await this.#clock.sleep(idleMs);
    if (this.#busy === 0 && this.#protected) await this.#ask(false);
  }

  async #ask(protectionEnabled: boolean): Promise<void> {
    this.#askedMs = this.#clock.now();
    this.#protected = protectionEnabled;
    const [, cluster = ''] = this.#taskArn.split('/');
    try {
      const { failures } = await this.#ecs.send(
        new UpdateTaskProtectionCommand({
          cluster,
          tasks: [this.#taskArn],
          protectionEnabled,
          ...(protectionEnabled && { expiresInMinutes: expiresMinutes }),
        }),
      );
      if (failures?.[0]) this.#log({ level: 'warn', message: 'task not protected', reason: failures[0].reason });
    } catch (error) {
      this.#log({ level: 'warn', message: 'task not protected', error: String(error) });
    }
  }
}
