import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import type { ContainerSpec, RuntimeTask, TaskEvents, TaskRuntime, TaskSpec } from '../../simulator/cloud/ports.ts';
import type { Children } from './children.ts';
import type { ImageStore } from './image-store.ts';
import type { TaskEndpoints } from './task-endpoints.ts';

export interface ProcessRuntimeOptions {
  readonly children: Children;
  readonly images: ImageStore;
  readonly endpoints: TaskEndpoints;
  readonly endpoint: string;
}

const killedExitCode = 137;

/** Runs each container as a process of the project's own Node, from the files of the pulled image. */
export const processTaskRuntime = (cloud: Cloud, options: ProcessRuntimeOptions): TaskRuntime => ({
  start: (spec: TaskSpec, events: TaskEvents): RuntimeTask => {
    const containers = new Map(
      spec.containers.map((container) => [
        container.name,
        new ContainerProcess(cloud, options, spec, container, events),
      ]),
    );
    const find = (port: number): ContainerProcess | undefined =>
      [...containers.values()].find((container) => container.spec.containerPorts.includes(port)) ??
      [...containers.values()][0];
    return {
      stop: (stopTimeoutMs) => {
        for (const container of containers.values()) container.stop(stopTimeoutMs);
      },
      kill: () => {
        for (const container of containers.values()) container.kill();
      },
      exec: async (name, command, timeoutMs) => (await containers.get(name)?.exec(command, timeoutMs)) ?? 1,
      request: async (port, request) => {
        const address = find(port)?.address();
        if (!address) throw new Error('connection refused');
        const url = new URL(request.url);
        url.host = `${address.host}:${address.port}`;
        // 'half' lets fetch stream the body of the incoming request on.
        return fetch(new Request(url, new Request(request, { duplex: 'half' } as RequestInit)), { redirect: 'manual' });
      },
      address: (port) => find(port)?.address(),
    };
  },
});

class ContainerProcess {
  readonly spec: ContainerSpec;
  readonly #cloud: Cloud;
  readonly #options: ProcessRuntimeOptions;
  readonly #task: TaskSpec;
  readonly #events: TaskEvents;
  #child: ChildProcess | undefined;
  #port: number | undefined;
  #workingDirectory = '';
  #environment: NodeJS.ProcessEnv = {};
  #over = false;

  constructor(cloud: Cloud, options: ProcessRuntimeOptions, task: TaskSpec, spec: ContainerSpec, events: TaskEvents) {
    this.spec = spec;
    this.#cloud = cloud;
    this.#options = options;
    this.#task = task;
    this.#events = events;
    this.#start().catch((error: unknown) => {
      if (this.#over) return;
      this.#over = true;
      events.failedToStart(
        spec.name,
        'CannotStartContainerError',
        error instanceof Error ? error.message : String(error),
      );
    });
  }

  async #start(): Promise<void> {
    const image =
      this.#cloud.ecr.find(this.spec.image) ?? this.#cloud.ecr.find(`${this.spec.repository}@${this.spec.digest}`);
    if (!image) throw new Error(`the image ${this.spec.image} is gone from the registry`);
    const root = await this.#options.images.rootOf(image);
    const [program, ...args] = [
      ...(this.spec.entryPoint ?? image.config.Entrypoint ?? []),
      ...(this.spec.command ?? image.config.Cmd ?? []),
    ];
    if (program === undefined || basename(program) !== 'node') {
      throw new Error(
        `the local cloud runs images whose entry point is 'node'; this one's is '${program ?? '(none)'}'`,
      );
    }
    this.#port = await freePort();
    this.#workingDirectory = join(root, this.spec.workingDirectory ?? image.config.WorkingDir ?? '/');
    mkdirSync(this.#workingDirectory, { recursive: true });
    const access = this.#options.endpoints.open(this.#task);
    this.#environment = {
      ...Object.fromEntries(
        (image.config.Env ?? []).map((entry: string) => [
          entry.slice(0, entry.indexOf('=')),
          entry.slice(entry.indexOf('=') + 1),
        ]),
      ),
      // Health-check commands and the program find the project's own Node as `node`.
      PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
      HOME: '/tmp',
      AWS_REGION: this.#cloud.region,
      AWS_DEFAULT_REGION: this.#cloud.region,
      ...this.spec.environment,
      HOST: '127.0.0.1',
      PORT: String(this.#port),
      AWS_ENDPOINT_URL: this.#options.endpoint,
      ECS_CONTAINER_METADATA_URI_V4: access.metadataUri,
      ...(this.#task.credentials
        ? {
            AWS_CONTAINER_CREDENTIALS_FULL_URI: access.credentialsUri,
            AWS_CONTAINER_AUTHORIZATION_TOKEN: access.authorizationToken,
          }
        : {}),
    };
    if (this.#over) return;
    const child = this.#options.children.spawn(
      process.execPath,
      args.map((arg) => this.#inImage(arg, root)),
      {
        cwd: this.#workingDirectory,
        env: this.#environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.spec.log(line));
    }
    child.once('spawn', () => {
      if (!this.#over) this.#events.started(this.spec.name);
    });
    child.once('error', (error) => this.#failed(error));
    child.once('exit', (code, signal) => this.#exited(code ?? (signal === 'SIGTERM' ? 143 : killedExitCode)));
  }

  /** An absolute path in the image is a path below the unpacked root. */
  #inImage(argument: string, root: string): string {
    return argument.startsWith('/') && existsSync(join(root, argument)) ? join(root, argument) : argument;
  }

  #failed(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.failedToStart(this.spec.name, 'CannotStartContainerError', error.message);
  }

  #exited(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.endpoints.close(this.#task.taskArn);
    this.#events.exited(this.spec.name, code);
  }

  address(): { readonly host: string; readonly port: number } | undefined {
    return this.#port === undefined || this.#over ? undefined : { host: '127.0.0.1', port: this.#port };
  }

  stop(stopTimeoutMs: number): void {
    const child = this.#child;
    if (!child) {
      this.#exited(143);
      return;
    }
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    child.once('exit', () => clearTimeout(killer));
  }

  kill(): void {
    if (this.#child) this.#child.kill('SIGKILL');
    else this.#exited(killedExitCode);
  }

  exec(command: readonly string[], timeoutMs: number): Promise<number> {
    if (this.#over || !this.#child) return Promise.resolve(1);
    const [form, ...rest] = command;
    const [program, args] =
      form === 'CMD-SHELL'
        ? ['/bin/sh', ['-c', rest.join(' ')]]
        : ((): [string, string[]] => {
            const words = form === 'CMD' ? rest : [...command];
            const [first = '', ...others] = words;
            return [first === 'node' ? process.execPath : first, others];
          })();
    return new Promise((resolve) => {
      try {
        const child = this.#options.children.spawn(program as string, args as string[], {
          cwd: this.#workingDirectory,
          env: this.#environment,
          stdio: 'ignore',
        });
        const killer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
        const finish = (code: number): void => {
          clearTimeout(killer);
          resolve(code);
        };
        child.once('exit', (code) => finish(code ?? killedExitCode));
        child.once('error', () => finish(127));
      } catch {
        resolve(1);
      }
    });
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
