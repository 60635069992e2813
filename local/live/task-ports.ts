import { createServer } from 'node:net';

/**
 * Ports for tasks on 127.0.0.1, in turn. They lie below the ranges from which Linux (32768) and macOS (49152) take the
 * near ends of outgoing connections: a port from there may be taken between its choice here and its use by the task.
 */
export class TaskPorts {
  readonly #first: number;
  #turn = 0;

  /** Two local clouds on one machine start in different places, by the port of their API. */
  constructor(apiPort: number) {
    this.#first = rangeFirst + (apiPort % placesToStart) * (rangeSize / placesToStart);
  }

  /** A port that nobody listens on. @throws when there is none. */
  async next(): Promise<number> {
    for (let tries = 0; tries < rangeSize; tries += 1) {
      const port = rangeFirst + ((this.#first - rangeFirst + this.#turn++) % rangeSize);
      if (await isFree(port)) return port;
    }
    throw new Error(`no port from ${rangeFirst} to ${rangeFirst + rangeSize - 1} is free`);
  }
}

const rangeFirst = 20_000;
const rangeSize = 10_000;
const placesToStart = 100;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
