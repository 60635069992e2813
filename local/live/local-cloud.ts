import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { dirname, join, resolve } from 'node:path';
import { type Configuration, clusterNameOf } from '../../functions/core/configuration.ts';
import { Cloud } from '../../simulator/cloud/cloud.ts';
import { registryRoute } from '../../simulator/ecr/registry-route.ts';
import { httpFront } from '../../simulator/front/http-front.ts';
import type { HttpResponse, HttpRoute } from '../../simulator/front/http-message.ts';
import { LiveKernel } from '../../simulator/kernel/live-kernel.ts';
import type { BusEvent } from '../timeline/describe-event.ts';
import type { Assembly } from '../world/assembly.ts';
import { deployStacks } from '../world/deploy-stacks.ts';
import { listenerPort } from '../world/listener-port.ts';
import { type Machine, registerMachines } from '../world/machines.ts';
import { CannotStart } from './cannot-start.ts';
import { Children } from './children.ts';
import { frontDoor } from './front-door.ts';
import { processFunctionHost } from './function-host.ts';
import { ImageStore } from './image-store.ts';
import { loopbackOnly } from './loopback-only.ts';
import { whatIsMissing } from './ready.ts';
import { TaskEndpoints } from './task-endpoints.ts';
import { TaskPorts } from './task-ports.ts';
import { processTaskRuntime } from './task-runtime.ts';

export interface LocalCloudOptions {
  readonly configuration: Configuration;
  readonly machines: readonly Machine[];
  /** Port of every AWS API and of the registry, on 127.0.0.1. */
  readonly port: number;
  /** Port of the load balancer, on 127.0.0.1. */
  readonly webPort: number;
  /** Divides what AWS decides; 1 is AWS's own speed. */
  readonly pace: number;
  readonly onEvent: (event: BusEvent) => void;
  /** Told of faults of the simulator itself. */
  readonly onFault: (error: unknown) => void;
}

/** Tasks get so long to end what they have in hand, less than their stop timeout: Ctrl-C ends everything within 10 s. */
const stopGraceMs = 5_000;
/** Application load balancers keep an idle connection for 60 s; Node's own 5 s would cut connections under clients. */
const keepAliveTimeoutMs = 60_000;
const readinessLookMs = 500;

/** The simulator under wall time, with processes for functions and tasks, an API endpoint and a load balancer. */
export class LocalCloud {
  readonly cloud: Cloud;
  readonly endpoint: string;
  readonly children = new Children();
  /** Everything that a run writes; it is removed at its end. */
  readonly folder: string;
  readonly #options: LocalCloudOptions;
  readonly #kernel: LiveKernel;
  readonly #endpoints: TaskEndpoints;
  readonly #servers: Server[] = [];
  #ownsFolder = false;
  #assembly: Assembly | undefined;
  #missing: readonly string[] = ['the stacks are not created yet'];

  constructor(options: LocalCloudOptions) {
    const { port, pace, configuration } = options;
    this.#options = options;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.folder = resolve(import.meta.dirname, '../../.spillway', `run-${port}`);
    this.#endpoints = new TaskEndpoints({ endpoint: this.endpoint, cluster: clusterNameOf(configuration) });
    this.#kernel = new LiveKernel({ seed: Date.now() % 2 ** 31, pace, wallClock: Date.now });
    const { children, endpoint } = this;
    this.cloud = new Cloud({
      kernel: this.#kernel,
      endpoint,
      code: (bucket, key) => this.#assembly?.assetPath(bucket, key),
      host: ({ region }) => processFunctionHost({ children, endpoint, region }),
      runtime: (cloud) =>
        processTaskRuntime({
          children,
          endpoint,
          region: cloud.region,
          registry: cloud.ecr,
          images: new ImageStore(join(this.folder, 'images')),
          endpoints: this.#endpoints,
          ports: new TaskPorts(port),
        }),
    });
    this.cloud.events.onEvent(options.onEvent);
  }

  /**
   * Opens both ports and makes the run's folder, in this order: the folder belongs to whoever holds the port.
   * @throws CannotStart
   */
  async open(): Promise<void> {
    const { port, webPort, onFault } = this.#options;
    const front = httpFront({
      dispatcher: this.cloud.dispatcher,
      callerOf: (accessKeyId) => this.cloud.sts.callerOf(accessKeyId),
      kernel: this.#kernel,
      operator: this.cloud.operator,
      reaches: (caller) => this.cloud.reaches(caller),
      routes: [...this.#ownRoutes(), registryRoute(this.cloud.ecr)],
      onFault,
    });
    await this.#listen(front, port, '--port');
    await this.#listen(
      frontDoor((request, receivedMs) => this.#balance(request, receivedMs)),
      webPort,
      '--web-port',
    );
    this.#ownsFolder = true;
    try {
      rmSync(this.folder, { recursive: true, force: true });
      mkdirSync(dirname(this.folder), { recursive: true });
      // In two steps: a recursive one says of a read-only file system that it does not exist.
      mkdirSync(this.folder);
      accessSync(this.folder, constants.W_OK);
    } catch (error) {
      throw CannotStart.noWriting(this.folder, error);
    }
  }

  /** Creates the stacks and registers the machines. @returns the resource types that are not modelled. @throws StackFailed */
  async boot(assembly: Assembly): Promise<readonly string[]> {
    this.#assembly = assembly;
    await deployStacks(this.cloud, assembly);
    registerMachines(this.cloud, clusterNameOf(this.#options.configuration), this.#options.machines);
    return this.cloud.cloudFormation.unmodelled().map(({ what }) => what);
  }

  /**
   * Resolves when the main job can run; readiness is answered from then on. `onStuck` is told what is missing whenever
   * nothing has changed in it for `patienceMs`.
   */
  async untilReady(patienceMs: number, onStuck: (missing: readonly string[]) => void): Promise<void> {
    let sinceMs = Date.now();
    for (;;) {
      const missing = await whatIsMissing(this.cloud, this.#options.configuration);
      if (missing.join() !== this.#missing.join()) sinceMs = Date.now();
      this.#missing = missing;
      if (missing.length === 0) return;
      if (Date.now() - sinceMs >= patienceMs) {
        onStuck(missing);
        sinceMs = Date.now();
      }
      await new Promise((wake) => setTimeout(wake, readinessLookMs));
    }
  }

  /** Ends every process, port and timer of the local cloud. */
  async close(): Promise<void> {
    // Tasks are still served meanwhile: they put back or finish what they have in hand.
    await this.children.close(stopGraceMs);
    this.#kernel.close();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    if (this.#ownsFolder) await rm(this.folder, { recursive: true, force: true }).catch(() => undefined);
  }

  #listen(listener: RequestListener, port: number, option: string): Promise<void> {
    const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, loopbackOnly(listener));
    return new Promise((opened, failed) => {
      server.once('error', (error: NodeJS.ErrnoException) => failed(CannotStart.noPort(port, option, error)));
      server.listen(port, '127.0.0.1', () => {
        this.#servers.push(server);
        opened();
      });
    });
  }

  /** Paths that are the local cloud's own, beside the AWS APIs. */
  #ownRoutes(): readonly HttpRoute[] {
    return [
      {
        matches: ({ path }) => path === '/_spillway/health',
        handle: () => {
          const ready = this.#missing.length === 0;
          return json(ready ? 200 : 503, { ready, missing: this.#missing });
        },
      },
      {
        matches: ({ path }) => /^\/_spillway\/(credentials|metadata)\//.test(path),
        handle: ({ path, headers }) => {
          const { status, body } = this.#endpoints.answer(path, headers.authorization) ?? {
            status: 404,
            body: { message: 'no such path' },
          };
          return json(status, body);
        },
      },
      {
        matches: ({ path, method }) => method === 'PUT' && path.startsWith('/_spillway/sites/'),
        handle: ({ path, body }) => {
          const site = decodeURIComponent(path.slice('/_spillway/sites/'.length));
          const { linked } = (jsonIn(body) ?? {}) as { readonly linked?: unknown };
          const sites = [...new Set(this.#options.machines.map((machine) => machine.site))];
          if (!sites.includes(site))
            return json(404, { message: `There is no site '${site}'. Accepted: ${sites.join(', ')}.` });
          if (typeof linked !== 'boolean')
            return json(400, { message: 'The body is not {"linked": true} or {"linked": false}.' });
          const machines = this.#options.machines.filter((machine) => machine.site === site);
          for (const { managedInstanceId } of machines) this.cloud.ecs.setLinked(managedInstanceId, linked);
          return json(200, { site, linked, machines: machines.map(({ managedInstanceId }) => managedInstanceId) });
        },
      },
      {
        matches: ({ path }) => path.startsWith('/_spillway/agent/'),
        handle: async ({ method, path, body }) => {
          const { status, body: answer } = (await this.#endpoints.askAgent(method, path, jsonIn(body))) ?? {
            status: 404,
            body: { message: 'no such path' },
          };
          return json(status, answer);
        },
      },
      {
        matches: ({ path, method }) => method === 'PUT' && path.startsWith('/_cloudformation/response/'),
        handle: ({ path, body }) => {
          const answer = jsonIn(body);
          if (answer === undefined) return json(400, { message: 'the response to a custom resource is JSON' });
          this.cloud.cloudFormation.respond(path.split('/').at(-1) as string, answer);
          return json(200, {});
        },
      },
    ];
  }

  async #balance(request: Request, receivedMs: () => number): Promise<Response> {
    try {
      return await this.cloud.elb.forward(listenerPort, request, receivedMs);
    } catch {
      return new Response('The load balancer does not exist yet.', { status: 503 });
    }
  }
}

const jsonIn = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
};

const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
