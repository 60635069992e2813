import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ContainerSpec, StoredImage, TaskEvents, TaskSpec } from '../../simulator/cloud/ports.ts';
import { killTree } from './children.ts';
import type { ImageLease } from './image-store.ts';
import type { TaskAccess } from './task-endpoints.ts';
import type { ProcessRuntimeOptions } from './task-runtime.ts';

export interface ContainerOfTask {
  readonly task: TaskSpec;
  readonly container: ContainerSpec;
  readonly access: TaskAccess;
}

type Address = { readonly host: string; readonly port: number };

/** How a shell and Docker tell the signal that ended a process: 128 and its number. */
const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal ? constants.signals[signal] : constants.signals.SIGKILL);

/** One container: a process that runs the image's program, and the health checks inside it. */
export class ContainerProcess {
  readonly #options: ProcessRuntimeOptions;
  readonly #of: ContainerOfTask;
  readonly #events: TaskEvents;
  readonly #ended: () => void;
  #child: ChildProcess | undefined;
  #lease: ImageLease | undefined;
  #address: Address | undefined;
  #workingDirectory = '';
  #environment: NodeJS.ProcessEnv = {};
  #over = false;

  /** `ended` is called once, when the container is over, whether or not it ever ran. */
  constructor(options: ProcessRuntimeOptions, of: ContainerOfTask, events: TaskEvents, ended: () => void) {
    this.#options = options;
    this.#of = of;
    this.#events = events;
    this.#ended = ended;
    this.#start().catch((error: unknown) => this.#failed(error));
  }

  serves(port: number): boolean {
    return this.#of.container.containerPorts.includes(port);
  }

  /** Undefined while the container does not run. */
  address(): Address | undefined {
    return this.#over ? undefined : this.#address;
  }

  stop(stopTimeoutMs: number): void {
    const child = this.#child;
    if (!child) {
      this.#exited(exitCodeOf(null, 'SIGTERM'));
      return;
    }
    child.kill('SIGTERM');
    const killer = setTimeout(() => killTree(child), stopTimeoutMs);
    child.once('exit', () => clearTimeout(killer));
  }

  kill(): void {
    if (this.#child) killTree(this.#child);
    else this.#exited(exitCodeOf(null, 'SIGKILL'));
  }

  /** Exit code of a command that runs inside the container; 137 where it took too long. Never rejects. */
  exec(command: readonly string[], timeoutMs: number): Promise<number> {
    if (this.#over || !this.#child) return Promise.resolve(1);
    const [program, args] = programOf(command);
    return new Promise((resolve) => {
      try {
        const child = this.#options.children.spawn(program, args, {
          cwd: this.#workingDirectory,
          env: this.#environment,
          stdio: 'ignore',
        });
        const killer = setTimeout(() => killTree(child), timeoutMs);
        const finish = (code: number): void => {
          clearTimeout(killer);
          resolve(code);
        };
        child.once('exit', (code, signal) => finish(exitCodeOf(code, signal)));
        // As the shell says it: a command that cannot be found.
        child.once('error', () => finish(127));
      } catch {
        // The local cloud is closing.
        resolve(1);
      }
    });
  }

  async #start(): Promise<void> {
    const { registry, images, ports, children } = this.#options;
    const { container } = this.#of;
    const image = registry.find(container.image) ?? registry.find(`${container.repository}@${container.digest}`);
    if (!image) throw new Error(`the image ${container.image} is gone from the registry`);
    const [program, ...args] = [
      ...(container.entryPoint ?? image.config.Entrypoint ?? []),
      ...(container.command ?? image.config.Cmd ?? []),
    ];
    if (program === undefined || basename(program) !== 'node') {
      throw new Error(
        `the local cloud runs images whose entry point is 'node'; this one's is '${program ?? '(none)'}'`,
      );
    }
    const lease = await images.lease(image);
    const port = await ports.next();
    if (this.#over) {
      lease.release();
      return;
    }
    this.#lease = lease;
    this.#address = { host: '127.0.0.1', port };
    this.#workingDirectory = join(lease.root, container.workingDirectory ?? image.config.WorkingDir ?? '/');
    mkdirSync(this.#workingDirectory, { recursive: true });
    this.#environment = this.#environmentOf(image, port);
    const child = children.spawn(
      process.execPath,
      args.map((arg) => inImage(arg, lease.root)),
      { cwd: this.#workingDirectory, env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => container.log(line));
    }
    child.once('spawn', () => {
      if (!this.#over) this.#events.started(container.name);
    });
    child.once('error', (error) => this.#failed(error));
    child.once('exit', (code, signal) => this.#exited(exitCodeOf(code, signal)));
  }

  #environmentOf(image: StoredImage, port: number): NodeJS.ProcessEnv {
    const { endpoint, region } = this.#options;
    const { task, container, access } = this.#of;
    return {
      ...Object.fromEntries(
        (image.config.Env ?? []).map((entry) => [
          entry.slice(0, entry.indexOf('=')),
          entry.slice(entry.indexOf('=') + 1),
        ]),
      ),
      // Health-check commands and the program find the project's own Node as `node`.
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: '/tmp',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      ...container.environment,
      HOST: '127.0.0.1',
      PORT: String(port),
      AWS_ENDPOINT_URL: endpoint,
      ECS_CONTAINER_METADATA_URI_V4: access.metadataUri,
      ECS_AGENT_URI: access.agentUri,
      ...(task.credentials
        ? {
            AWS_CONTAINER_CREDENTIALS_FULL_URI: access.credentialsUri,
            AWS_CONTAINER_AUTHORIZATION_TOKEN: access.authorizationToken,
          }
        : {}),
    };
  }

  #failed(error: unknown): void {
    if (!this.#finish()) return;
    const message = error instanceof Error ? error.message : String(error);
    this.#events.failedToStart(this.#of.container.name, 'CannotStartContainerError', message);
  }

  #exited(code: number): void {
    if (this.#finish()) this.#events.exited(this.#of.container.name, code);
  }

  /** @returns false when the container was over before. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#lease?.release();
    this.#ended();
    return true;
  }
}

/** An absolute path in the image is a path below the unpacked root. */
const inImage = (argument: string, root: string): string =>
  argument.startsWith('/') && existsSync(join(root, argument)) ? join(root, argument) : argument;

/** Program and arguments of a health check's command: `CMD`, `CMD-SHELL` or the bare words (ECS API reference, HealthCheck). */
const programOf = ([form, ...rest]: readonly string[]): [string, readonly string[]] => {
  if (form === 'CMD-SHELL') return ['/bin/sh', ['-c', rest.join(' ')]];
  const [first = '', ...others] = form === 'CMD' ? rest : [form ?? '', ...rest];
  return [first === 'node' ? process.execPath : first, others];
};
