import type { Permission } from '../../cloud/service.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { stepFunctionsErrors } from '../errors.ts';
import type { Datum } from '../json.ts';

export type TokenOutcome =
  | { readonly kind: 'success'; readonly output: Datum }
  | { readonly kind: 'failure'; readonly error: string | undefined; readonly cause: string | undefined };

export interface TokenListener {
  /** The machine whose execution waits: what IAM is asked about when somebody answers. */
  readonly machineArn: string;
  readonly settle: (outcome: TokenOutcome) => void;
  readonly heartbeat: () => void;
}

/** The task tokens that were given out, and which of them still wait for an answer. */
export class TaskTokens {
  readonly #kernel: Kernel;
  readonly #waiting = new Map<string, TokenListener>();
  readonly #machineArns = new Map<string, string>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  issue(listener: TokenListener): string {
    const token = `AQB4${Buffer.from(this.#kernel.hex('task-token', 192), 'hex').toString('base64')}`;
    this.#waiting.set(token, listener);
    this.#machineArns.set(token, listener.machineArn);
    return token;
  }

  /** After this the token is known but answers nothing any more. */
  close(token: string): void {
    this.#waiting.delete(token);
  }

  /** @throws AwsError */
  find(token: string | undefined): TokenListener {
    if (!token || !this.#machineArns.has(token)) throw stepFunctionsErrors.invalidToken();
    const listener = this.#waiting.get(token);
    if (!listener) throw stepFunctionsErrors.taskTimedOut();
    return listener;
  }

  /** What IAM is asked before a token is answered. @returns the same for a token that nobody ever got as for none. */
  permissions(action: string, token: string | undefined): readonly Permission[] {
    return [{ action, resource: this.#machineArns.get(token ?? '') ?? '*' }];
  }
}
