import { join, resolve } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import type {
  AgentAnswer,
  AgentRequest,
  ContainerSpec,
  RuntimeTask,
  TaskEvents,
  TaskRuntime,
  TaskSpec,
} from '../../simulator/cloud/ports.ts';
import { LightRequest } from '../../simulator/elb/light-request.ts';
import { virtualClients } from './clients.ts';

interface Worker {
  fetch(request: Request): Promise<Response> | Response;
  start(): void;
  stop(): Promise<void>;
}

interface ServiceModule {
  readonly create: (deps: {
    env: Readonly<Record<string, string | undefined>>;
    clients: Readonly<Record<string, unknown>>;
    clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
    task: { arn: string; launchType: 'EXTERNAL' | 'FARGATE' };
    /** What `$ECS_AGENT_URI` answers, without a socket. */
    agent: (request: AgentRequest) => Promise<AgentAnswer>;
    log: (entry: Record<string, unknown>) => void;
  }) => Worker;
}

export type ServiceModules = ReadonlyMap<string, ServiceModule>;

const root = resolve(import.meta.dirname, '../..');

/** Loads the workload's services by name before the world starts. */
export const loadServices = async (names: readonly string[]): Promise<ServiceModules> => {
  // As in a container, where the entry file hands `fetch` to @hono/node-server: called once, it puts its own Request and
  // Response, which make undici's only on demand, in the place of the global ones.
  getRequestListener(() => new Response());
  const loaded = await Promise.all(
    names.map(
      async (name) => [name, (await import(join(root, 'services', name, `${name}.ts`))) as ServiceModule] as const,
    ),
  );
  return new Map(loaded);
};

const killedExitCode = 137;
/** What the check's program asks for. One object for all checks, since a request without a body is not used up. */
const healthRequest = LightRequest.of({
  url: 'http://127.0.0.1:8080/healthz',
  method: 'GET',
  headers: new Headers(),
});

/** Runs containers in this process: the code of the service that the image was built from, with virtual clients. */
export const virtualTaskRuntime = (cloud: Cloud, modules: ServiceModules): TaskRuntime => ({
  start: (spec: TaskSpec, events: TaskEvents): RuntimeTask => {
    const containers = new Map(
      spec.containers.map((container) => [
        container.name,
        new VirtualContainer(cloud, modules, spec, container, events),
      ]),
    );
    const only = (): VirtualContainer => {
      const [container] = containers.values();
      if (!container) throw new Error(`task ${spec.taskArn} has no container`);
      return container;
    };
    return {
      stop: (stopTimeoutMs) => {
        for (const container of containers.values()) container.stop(stopTimeoutMs);
      },
      kill: () => {
        for (const container of containers.values()) container.exit(killedExitCode);
      },
      exec: async (name) => (await containers.get(name)?.checkHealth()) ?? 1,
      request: (_port, request) => only().request(request),
      address: () => undefined,
    };
  },
});

class VirtualContainer {
  readonly #cloud: Cloud;
  readonly #container: ContainerSpec;
  readonly #events: TaskEvents;
  readonly #broken: string | undefined;
  #worker: Worker | undefined;
  #alive = true;

  constructor(cloud: Cloud, modules: ServiceModules, task: TaskSpec, container: ContainerSpec, events: TaskEvents) {
    this.#cloud = cloud;
    this.#container = container;
    this.#events = events;
    this.#broken = cloud.ecr.find(container.image)?.config.Labels?.['dev.spillway.broken'];
    const module = modules.get(container.repository);
    if (!module) {
      this.#alive = false;
      cloud.kernel.after(0, 'container-start', () =>
        events.failedToStart(
          container.name,
          'CannotStartContainerError',
          `no program for repository ${container.repository} in the virtual world`,
        ),
      );
      return;
    }
    cloud.kernel.after(0, 'container-start', () => this.#start(module, task));
  }

  #start(module: ServiceModule, task: TaskSpec): void {
    if (!this.#alive) return;
    const kernel = this.#cloud.kernel;
    this.#events.started(this.#container.name);
    if (this.#broken === 'crash') {
      kernel.after(1_000, 'container-crash', () => this.exit(1));
      return;
    }
    const credentials = task.credentials?.();
    const clients = virtualClients(
      this.#cloud,
      () => {
        const caller = credentials && this.#cloud.sts.callerOf((task.credentials?.() ?? credentials).accessKeyId);
        return (
          caller ?? {
            kind: 'role',
            roleArn: 'none',
            sessionName: 'none',
            arn: `${task.taskArn} (a task without a role)`,
          }
        );
      },
      () => this.#alive,
    );
    this.#worker = module.create({
      env: this.#container.environment,
      clients,
      clock: { now: () => kernel.now(), sleep: (ms, signal) => this.#sleep(ms, signal) },
      task: { arn: task.taskArn, launchType: task.launchType },
      agent: task.agent,
      log: (entry) => this.#container.log(JSON.stringify(entry)),
    });
    this.#worker.start();
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const aborted = (): void => {
        timer.cancel();
        reject(signal?.reason);
      };
      const timer = this.#cloud.kernel.after(ms, 'workload-sleep', () => {
        signal?.removeEventListener('abort', aborted);
        // A killed process does not wake up again.
        if (this.#alive) resolve();
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  stop(stopTimeoutMs: number): void {
    if (!this.#alive) return;
    this.#cloud.kernel.after(stopTimeoutMs, 'container-sigkill', () => this.exit(killedExitCode));
    if (this.#worker) void this.#worker.stop().then(() => this.exit(0));
    else this.exit(143);
  }

  exit(code: number): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#events.exited(this.#container.name, code);
  }

  async checkHealth(): Promise<number> {
    if (!this.#alive || this.#broken === 'unhealthy') return 1;
    try {
      const response = await this.request(healthRequest);
      return response.ok ? 0 : 1;
    } catch {
      return 1;
    }
  }

  async request(request: Request): Promise<Response> {
    if (!this.#alive || !this.#worker) throw new Error('connection refused');
    return await this.#worker.fetch(request);
  }
}
