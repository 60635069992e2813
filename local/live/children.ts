import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

/**
 * Every process that the local cloud starts, so that all of them end with it. A process that was not started here is
 * never touched.
 */
export class Children {
  readonly #running = new Set<ChildProcess>();
  #closing = false;

  /** @throws when the local cloud is already closing. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    if (this.#closing) throw new Error('the local cloud is closing');
    const child = spawn(command, [...args], options);
    this.#running.add(child);
    const ended = (): void => {
      this.#running.delete(child);
    };
    child.once('exit', ended);
    child.once('error', ended);
    return child;
  }

  /** SIGTERM to all, SIGKILL to those that are left after `graceMs`; resolves when none runs. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const running = [...this.#running];
    const ended = Promise.all(
      running.map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve()))),
    );
    for (const child of running) child.kill('SIGTERM');
    const killer = setTimeout(() => {
      for (const child of this.#running) child.kill('SIGKILL');
    }, graceMs);
    if (running.length > 0) await ended;
    clearTimeout(killer);
  }
}
