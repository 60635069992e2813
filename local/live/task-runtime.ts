import type { ImageSource, RuntimeTask, TaskEvents, TaskRuntime, TaskSpec } from '../../simulator/cloud/ports.ts';
import type { Children } from './children.ts';
import { ContainerProcess } from './container-process.ts';
import type { ImageStore } from './image-store.ts';
import type { TaskEndpoints } from './task-endpoints.ts';
import type { TaskPorts } from './task-ports.ts';
import { requestTask } from './task-request.ts';

export interface ProcessRuntimeOptions {
  readonly children: Children;
  readonly registry: ImageSource;
  readonly images: ImageStore;
  readonly endpoints: TaskEndpoints;
  readonly ports: TaskPorts;
  /** Where tasks reach every AWS API. */
  readonly endpoint: string;
  readonly region: string;
}

/** Runs each container as a process of the project's own Node, from the files of the pulled image. */
export const processTaskRuntime = (options: ProcessRuntimeOptions): TaskRuntime => ({
  start: (spec: TaskSpec, events: TaskEvents): RuntimeTask => {
    const access = options.endpoints.open(spec);
    let running = spec.containers.length;
    // The containers of a task share its role: the last one to end takes the credentials with it.
    const ended = (): void => {
      running -= 1;
      if (running === 0) options.endpoints.close(spec.taskArn);
    };
    const containers = new Map(
      spec.containers.map((container) => [
        container.name,
        new ContainerProcess(options, { task: spec, container, access }, events, ended),
      ]),
    );
    const find = (port: number): ContainerProcess | undefined =>
      [...containers.values()].find((container) => container.serves(port)) ?? [...containers.values()][0];
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
        return requestTask(address, request);
      },
      address: (port) => find(port)?.address(),
    };
  },
});
