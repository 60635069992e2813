import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a program that ran to its end has said. */
export interface ProgramResult {
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Every process that the local cloud starts, so that all of them end with it, however it ends. Each leads a process
 * group of its own: a Ctrl-C in the terminal reaches the local cloud alone, which then ends the others in order, and
 * what a process has started ends with it. A process that was not started here is never touched.
 */
export class Children {
  readonly #running = new Map<number, ChildProcess>();
  #guard: ChildProcess | undefined;
  #closing = false;

  /** How many processes run. */
  get count(): number {
    return this.#running.size;
  }

  /** @throws when the local cloud is already closing. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    if (this.#closing) throw new Error('the local cloud is closing');
    this.#guard ??= startGuard();
    const child = spawn(command, [...args], { ...options, detached: true });
    // An 'error' may come more than once (a start, later a message that failed) and must never end the local cloud.
    child.on('error', () => undefined);
    const { pid } = child;
    // It did not start; its 'error' says why.
    if (pid === undefined) return child;
    this.#running.set(pid, child);
    this.#guard.stdin?.write(`+${pid}\n`);
    child.once('exit', () => {
      this.#running.delete(pid);
      signalGroup(pid, 'SIGKILL');
      this.#guard?.stdin?.write(`-${pid}\n`);
    });
    return child;
  }

  /** Runs a program to its end. @throws when it cannot be started. */
  run(command: string, args: readonly string[], options: Omit<SpawnOptions, 'stdio'>): Promise<ProgramResult> {
    const child = this.spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? undefined, ...said }));
    });
  }

  /** Ends every process at once. */
  kill(): void {
    for (const pid of this.#running.keys()) signalGroup(pid, 'SIGKILL');
  }

  /** SIGTERM to all, SIGKILL to those that are left after `graceMs`; resolves when none runs. Nothing starts any more. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const ended = [...this.#running.values()].map((child) => whenEnded(child));
    for (const child of this.#running.values()) child.kill('SIGTERM');
    const killer = setTimeout(() => this.kill(), graceMs);
    await Promise.all(ended);
    clearTimeout(killer);
    const guard = this.#guard;
    if (!guard) return;
    guard.stdin?.end();
    await whenEnded(guard);
  }
}

/** Ends a process and all that it has started, at once. */
export const killTree = (child: ChildProcess): void => {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
    signalGroup(child.pid, 'SIGKILL');
};

const startGuard = (): ChildProcess => {
  const guard = spawn(process.execPath, [join(import.meta.dirname, 'guard.mjs')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
  });
  // Somebody may have ended it; then the local cloud still ends its processes, unless it is killed itself.
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  return guard;
};

const whenEnded = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

const signalGroup = (leader: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody of the group is left.
  }
};
