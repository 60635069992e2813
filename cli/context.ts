import type { Configuration } from '../functions/core/configuration.ts';
import type { Connection } from './connection.ts';

/** All that a command reaches the world by. `main.ts` gives the process's own; a test gives a virtual world's. */
export interface Context {
  /** Read when a command needs it: `--help` works without a valid configuration. @throws InvalidConfiguration */
  readonly configuration: () => Promise<Configuration>;
  readonly connection: () => Connection;
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  /** What was asked for: a line or a document. */
  readonly out: (text: string) => void;
  /** What happens meanwhile, and what went wrong: kept apart from what was asked for. */
  readonly progress: (text: string) => void;
  /** Who runs the command; goes into the history. */
  readonly actor: string;
  /** How wide the terminal is that `out` writes to; undefined where it writes to none. */
  readonly columns?: number | undefined;
  /** Where the local cloud listens, when the environment says so. */
  readonly localEndpoint?: string;
  readonly exit: (code: number) => void;
}

/** Wrong arguments: the message says what is accepted. Exit code 2. */
export class NotAccepted extends Error {
  override readonly name = 'NotAccepted';
}

/** Spillway is not where the connection leads. */
export class NotDeployed extends Error {
  override readonly name = 'NotDeployed';
}

/** @throws NotAccepted naming the services that there are. */
export const checkService = (configuration: Configuration, service: string): void => {
  const names = Object.keys(configuration.services);
  if (!names.includes(service))
    throw new NotAccepted(`There is no service '${service}'. Accepted: ${names.join(', ')}.`);
};
