import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Configuration, clusterNameOf, repositoryOf } from '../../functions/core/configuration.ts';
import { buildApp } from '../../infra/build-app.ts';
import { Cloud } from '../../simulator/cloud/cloud.ts';
import type { Fidelity } from '../../simulator/cloud/fidelity.ts';
import type { TaskRuntime } from '../../simulator/cloud/ports.ts';
import { isRunning } from '../../simulator/ecs/model.ts';
import { LightRequest } from '../../simulator/elb/light-request.ts';
import type { TraceEntry } from '../../simulator/kernel/kernel.ts';
import { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import type { BusEvent } from '../timeline/describe-event.ts';
import { type Assembly, readAssembly } from '../world/assembly.ts';
import { deployStacks } from '../world/deploy-stacks.ts';
import { listenerPort } from '../world/listener-port.ts';
import { type Machine, registerMachines, sampleMachines } from '../world/machines.ts';
import { type FunctionModules, loadFunctions, virtualFunctionHost } from './function-host.ts';
import type { Interference } from './interference.ts';
import { loadServices, type ServiceModules, virtualTaskRuntime } from './task-runtime.ts';

/** What every virtual world of a process shares: loaded code and synthesized templates. Making it takes real seconds. */
export interface WorldMaterial {
  readonly configuration: Configuration;
  readonly assembly: Assembly;
  readonly functions: FunctionModules;
  readonly services: ServiceModules;
}

/** Synthesizes the templates without bundling and loads all functions and services. */
export const prepareWorlds = async (configuration: Configuration): Promise<WorldMaterial> => {
  const [functions, services] = await Promise.all([loadFunctions(), loadServices(Object.keys(configuration.services))]);
  return { configuration, assembly: synthesize(configuration), functions, services };
};

/** The templates of a configuration, for a world without bundles. Under the name of another build every function is new. */
export const synthesize = (configuration: Configuration, build?: string): Assembly => {
  const outdir = mkdtempSync(join(tmpdir(), 'spillway-assembly-'));
  try {
    buildApp({ configuration, outdir, bundle: false, build }).synth();
    return readAssembly(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};

export interface WorldOptions {
  readonly seed: number;
  readonly fidelity?: Fidelity;
  readonly machines?: readonly Machine[];
  readonly onTrace?: (entry: TraceEntry) => void;
  /** Makes what is there an hour before the stacks are deployed. Default: nothing. */
  readonly before?: (cloud: Cloud) => Promise<unknown>;
  /** What containers do. Default: they run the services of `services/`. */
  readonly runtime?: (cloud: Cloud) => TaskRuntime;
  /** What stands between the functions and AWS. Default: nothing. */
  readonly interference?: Interference;
  /** Every event of the bus, at the moment at which it happened. */
  readonly onEvent?: (event: BusEvent) => void;
}

export interface RequestOptions {
  /** Default: `GET`. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A fault of the virtual image: what `npm run push -- --broken …` does to a real one. */
export type BrokenImage = 'crash' | 'unhealthy';

const endpoint = 'http://127.0.0.1:4566';
const bootLimitMs = 3_600_000;

/** AWS, the premises, the controller and the workload in one process, under a virtual clock. */
export class VirtualWorld {
  readonly kernel: VirtualKernel;
  readonly cloud: Cloud;
  readonly configuration: Configuration;
  readonly #material: WorldMaterial;

  private constructor(material: WorldMaterial, options: WorldOptions) {
    this.#material = material;
    this.configuration = material.configuration;
    this.kernel = new VirtualKernel({ seed: options.seed, onTrace: options.onTrace });
    this.cloud = new Cloud({
      kernel: this.kernel,
      endpoint,
      fidelity: options.fidelity,
      // Functions run from source here: a key that names no bundle is as good as one that does.
      code: (bucket, key) => material.assembly.assetPath(bucket, key) ?? key,
      host: (cloud) => virtualFunctionHost(cloud, material.functions, options.interference),
      runtime: options.runtime ?? ((cloud) => virtualTaskRuntime(cloud, material.services)),
    });
    if (options.onEvent) this.cloud.events.onEvent(options.onEvent);
  }

  /** A booted world: stacks created, machines registered, no image pushed yet. */
  static async boot(material: WorldMaterial, options: WorldOptions): Promise<VirtualWorld> {
    const world = new VirtualWorld(material, options);
    if (options.before) {
      await world.settle(options.before(world.cloud), bootLimitMs);
      await world.pass(bootLimitMs);
    }
    await world.settle(deployStacks(world.cloud, material.assembly), bootLimitMs);
    registerMachines(world.cloud, clusterNameOf(material.configuration), options.machines ?? sampleMachines);
    return world;
  }

  get assembly(): Assembly {
    return this.#material.assembly;
  }

  /** Lets virtual time pass until `promise` settles. @throws when it has not settled after `limitMs` of virtual time. */
  async settle<T>(promise: Promise<T>, limitMs: number): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => undefined);
    const untilMs = this.kernel.now() + limitMs;
    if (!(await this.kernel.run({ untilMs, done: () => settled })))
      throw new Error(`still waiting after ${limitMs / 1000} s of virtual time`);
    return watched;
  }

  /** Lets `durationMs` of virtual time pass. */
  async pass(durationMs: number): Promise<void> {
    await this.kernel.run({ untilMs: this.kernel.now() + durationMs });
  }

  /** Lets virtual time pass until `done()` holds. @returns whether it did within `limitMs`. */
  until(done: () => boolean, limitMs: number): Promise<boolean> {
    return this.kernel.run({ untilMs: this.kernel.now() + limitMs, done });
  }

  /** Looks every second of virtual time until `holds()` resolves to true. @returns whether it did within `limitMs`. */
  async watch(holds: () => Promise<boolean>, limitMs: number): Promise<boolean> {
    for (const untilMs = this.kernel.now() + limitMs; this.kernel.now() < untilMs; ) {
      if (await this.settle(holds(), limitMs)) return true;
      await this.pass(1_000);
    }
    return false;
  }

  /** How a twin stands in truth: unlike an answer of `DescribeServices`, this is never stale. */
  async twin(
    name: string,
  ): Promise<{ readonly desired: number; readonly running: number; readonly taskDefinition: string }> {
    const service = this.cloud.ecs.clusters.get(clusterNameOf(this.configuration))?.services.get(name);
    if (!service) throw new Error(`there is no ECS service ${name}`);
    const { desiredCount, tasks, taskDefinition } = service;
    return { desired: desiredCount, running: [...tasks].filter(isRunning).length, taskDefinition: taskDefinition.arn };
  }

  /** Memory of a task definition's only container or of the task, in MiB. */
  async memoryOf(taskDefinitionArn: string): Promise<number> {
    const { taskDefinition } = (await this.cloud.call('ecs', 'DescribeTaskDefinition', {
      taskDefinition: taskDefinitionArn,
    })) as {
      taskDefinition: { memory?: string; containerDefinitions: readonly { memory?: number }[] };
    };
    return Number(taskDefinition.memory ?? taskDefinition.containerDefinitions[0]?.memory);
  }

  /** The image in a twin's task definition. */
  async imageOf(name: string): Promise<string | undefined> {
    const { taskDefinition } = (await this.cloud.call('ecs', 'DescribeTaskDefinition', {
      taskDefinition: (await this.twin(name)).taskDefinition,
    })) as {
      taskDefinition: { containerDefinitions: readonly { image: string }[] };
    };
    return taskDefinition.containerDefinitions[0]?.image;
  }

  /** Pushes an image of a service; the code it runs is the service's own, in every version. @returns its digest. */
  push(service: string, version: string, broken?: BrokenImage, labels: Readonly<Record<string, string>> = {}): string {
    const settings = this.configuration.services[service];
    const image = this.cloud.ecr.store({
      repository: settings ? repositoryOf(service, settings) : service,
      tags: [version],
      config: {
        Entrypoint: ['node', 'index.mjs'],
        WorkingDir: '/app',
        Labels: {
          'org.opencontainers.image.title': service,
          'org.opencontainers.image.version': version,
          ...(broken ? { 'dev.spillway.broken': broken } : {}),
          ...labels,
        },
      },
      layers: [Buffer.from(`${service} ${version} ${broken ?? ''}`)],
    });
    return image.digest;
  }

  /** A request to the load balancer, answered in virtual time. */
  request(path: string, options: RequestOptions = {}): Promise<Response> {
    const { method = 'GET', body } = options;
    const headers = new Headers(options.headers);
    // As every HTTP client does with a body whose length it knows.
    if (body !== undefined) headers.set('content-length', String(Buffer.byteLength(body)));
    const url = `http://spillway.test${path}`;
    return this.cloud.elb.forward(listenerPort, LightRequest.of({ url, method, headers, body }));
  }
}
