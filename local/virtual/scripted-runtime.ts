import type { ContainerSpec, RuntimeTask, TaskEvents, TaskRuntime, TaskSpec } from '../../simulator/cloud/ports.ts';
import type { Kernel } from '../../simulator/kernel/kernel.ts';

/** What the container of an image does, as far as ECS can see it. */
export interface Behaviour {
  /** Ends by itself after so long. */
  readonly exits?: { readonly afterSeconds: number; readonly code: number };
  /** Whether its health check succeeds. Default true. */
  readonly healthy?: boolean;
  /** From SIGTERM to its end. Default 0.1 s. */
  readonly stopsAfterSeconds?: number;
  /** How long its process takes to come up. Default 0 s. */
  readonly startsAfterSeconds?: number;
  /** Its process cannot be started at all, for this reason. */
  readonly failsToStart?: string;
  /** All of this is so on this capacity only; on the other one the image is good. Default: everywhere. */
  readonly onlyOn?: TaskSpec['launchType'];
}

/** Containers that are nothing but their behaviour. `behaviourOf` is asked by the digest of the image. */
export const scriptedRuntime = (
  kernel: Kernel,
  behaviourOf: (digest: string) => Behaviour,
  /** Where it happens, whoever hears of it. */
  onExit: (spec: TaskSpec, exitCode: number) => void,
): TaskRuntime => ({
  start: (spec: TaskSpec, heard: TaskEvents): RuntimeTask => {
    const events: TaskEvents = {
      ...heard,
      exited: (name, exitCode) => {
        onExit(spec, exitCode);
        heard.exited(name, exitCode);
      },
    };
    const containers = new Map(
      spec.containers.map((container) => [
        container.name,
        new ScriptedContainer(kernel, container, behaviourOn(spec, behaviourOf(container.digest)), events),
      ]),
    );
    return {
      stop: (stopTimeoutMs) => {
        for (const container of containers.values()) container.stop(stopTimeoutMs);
      },
      kill: () => {
        for (const container of containers.values()) container.exit(137);
      },
      exec: async (name) => containers.get(name)?.checkHealth() ?? 1,
      request: async () => new Response('ok'),
      address: () => undefined,
    };
  },
});

const behaviourOn = ({ launchType }: TaskSpec, behaviour: Behaviour): Behaviour =>
  behaviour.onlyOn === undefined || behaviour.onlyOn === launchType ? behaviour : {};

class ScriptedContainer {
  readonly #kernel: Kernel;
  readonly #name: string;
  readonly #behaviour: Behaviour;
  readonly #events: TaskEvents;
  #alive = true;

  constructor(kernel: Kernel, container: ContainerSpec, behaviour: Behaviour, events: TaskEvents) {
    this.#kernel = kernel;
    this.#name = container.name;
    this.#behaviour = behaviour;
    this.#events = events;
    kernel.after((behaviour.startsAfterSeconds ?? 0) * 1000, 'container-start', () => {
      if (!this.#alive) return;
      if (behaviour.failsToStart !== undefined) {
        this.#alive = false;
        events.failedToStart(this.#name, 'CannotStartContainerError', behaviour.failsToStart);
        return;
      }
      events.started(this.#name);
      const { exits } = behaviour;
      if (exits) kernel.after(exits.afterSeconds * 1000, 'container-exit', () => this.exit(exits.code));
    });
  }

  stop(stopTimeoutMs: number): void {
    const ownMs = (this.#behaviour.stopsAfterSeconds ?? 0.1) * 1000;
    this.#kernel.after(Math.min(ownMs, stopTimeoutMs), 'container-stop', () =>
      this.exit(ownMs > stopTimeoutMs ? 137 : 0),
    );
  }

  exit(code: number): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#events.exited(this.#name, code);
  }

  checkHealth(): number {
    return this.#alive && this.#behaviour.healthy !== false ? 0 : 1;
  }
}
