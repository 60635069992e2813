import { type ECSClient, UpdateTaskProtectionCommand } from '@aws-sdk/client-ecs';

/** The shortest that is surely longer than from one renewal to the next; it runs out by itself when this task dies. */
const expiresMinutes = 3;
/** The API is one bucket for all tasks of the account and Region: 80 calls a second (ECS developer guide, request throttling). */
const renewMs = 60_000;
/** The next message is usually here within this; until then the protection is kept, so that it costs no calls. */
const idleMs = 2_000;

/**
 * Where a task has several slots one of them is nearly always busy, and it would be protected for ever: asked to leave or not, ECS could
 * not stop it. So it rests once it has been protected for so long: it takes no further message until all are done, and then none for
 * a moment in which ECS can have it. In Fargate that is soon, as long as messages are received at once: others have room for them.
 * While they have waited, or on premises, where nobody pays for an idle slot but the next message, it is as seldom as a rollout can wait.
 */
const restAfterMs = { unneeded: 300_000, needed: 3_600_000 };
/** ECS does not say how soon it stops a task that is not protected any more. */
const restMs = 30_000;

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
  /** When it was protected first without a pause since. */
  #sinceMs = Number.POSITIVE_INFINITY;
  #unneeded = false;
  #rest: Promise<void> | undefined;
  #idle: (() => void) | undefined;

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
      if (this.#busy > 0) return;
      this.#idle?.();
      void this.#releaseSoon();
    };
  }

  /** A message was received. @param unneeded it had hardly waited, and would not have for another task either. */
  received(unneeded: boolean): void {
    this.#unneeded = unneeded;
  }

  /**
   * To be waited for before a message is asked for: resolves at once unless it is time to rest.
   * @param pause resolves early when the task is told to stop.
   */
  async rested(pause: (ms: number) => Promise<void>): Promise<void> {
    const forMs = this.#clock.now() - this.#sinceMs;
    if (forMs >= (this.#unneeded ? restAfterMs.unneeded : restAfterMs.needed))
      this.#rest ??= this.#takeRest(pause).finally(() => {
        this.#rest = undefined;
      });
    await this.#rest;
  }

  async #takeRest(pause: (ms: number) => Promise<void>): Promise<void> {
    if (this.#busy > 0)
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    if (this.#protected) await this.#ask(false);
    await pause(restMs);
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
    if (protectionEnabled !== this.#protected)
      this.#sinceMs = protectionEnabled ? this.#askedMs : Number.POSITIVE_INFINITY;
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
