import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type { Configuration } from '../../functions/core/configuration.ts';
import { Cloud } from '../../simulator/cloud/cloud.ts';
import { registryRoute } from '../../simulator/ecr/registry-route.ts';
import { httpFront } from '../../simulator/front/http-front.ts';
import type { HttpResponse, HttpRoute } from '../../simulator/front/http-message.ts';
import { LiveKernel } from '../../simulator/kernel/live-kernel.ts';
import type { BusEvent } from '../timeline/describe-event.ts';
import type { Assembly } from '../world/assembly.ts';
import { clusterName, listenerPort } from '../world/cluster.ts';
import { deployStacks } from '../world/deploy-stacks.ts';
import { type Machine, registerMachines } from '../world/machines.ts';
import { Children } from './children.ts';
import { processFunctionHost } from './function-host.ts';
import { ImageStore } from './image-store.ts';
import { whatIsMissing } from './ready.ts';
import { TaskEndpoints } from './task-endpoints.ts';
import { processTaskRuntime } from './task-runtime.ts';

export interface LocalCloudOptions {
  readonly configuration: Configuration;
  readonly assembly: Assembly;
  readonly machines: readonly Machine[];
  /** Port of every AWS API and of the registry, on 127.0.0.1. */
  readonly port: number;
  /** Port of the load balancer, on 127.0.0.1. */
  readonly webPort: number;
  /** Divides what AWS decides; 1 is AWS's own speed. */
  readonly pace: number;
  readonly onEvent: (event: BusEvent) => void;
  readonly onStack: (name: string, status: string) => void;
  /** Told of faults of the simulator itself. */
  readonly onFault: (error: unknown) => void;
  readonly onUnmodelled: (types: readonly string[]) => void;
}

/** A port that another program holds. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

const stopGraceMs = 5_000;

/** The simulator under wall time, with processes for functions and tasks, an API endpoint and a load balancer. */
export class LocalCloud {
  readonly cloud: Cloud;
  readonly endpoint: string;
  readonly #options: LocalCloudOptions;
  readonly #kernel: LiveKernel;
  readonly #children = new Children();
  readonly #endpoints: TaskEndpoints;
  readonly #folder: string;
  readonly #servers: Server[] = [];
  #ready = false;

  constructor(options: LocalCloudOptions) {
    this.#options = options;
    this.endpoint = `http://127.0.0.1:${options.port}`;
    this.#folder = resolve(import.meta.dirname, '../../.spillway', `run-${options.port}`);
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    this.#endpoints = new TaskEndpoints({ endpoint: this.endpoint, cluster: clusterName(options.configuration) });
    this.#kernel = new LiveKernel({ seed: Date.now() % 2 ** 31, pace: options.pace, wallClock: Date.now });
    this.cloud = new Cloud({
      kernel: this.#kernel,
      endpoint: this.endpoint,
      code: options.assembly.assetPath,
      host: (cloud) => processFunctionHost({ children: this.#children, endpoint: this.endpoint, region: cloud.region }),
      runtime: (cloud) =>
        processTaskRuntime(cloud, {
          children: this.#children,
          images: new ImageStore(join(this.#folder, 'images')),
          endpoints: this.#endpoints,
          endpoint: this.endpoint,
        }),
    });
    this.cloud.events.onEvent(options.onEvent);
  }

  /** Opens both ports, creates the stacks and registers the machines. @throws PortInUse, StackFailed */
  async start(): Promise<void> {
    const front = httpFront({
      dispatcher: this.cloud.dispatcher,
      callerOf: (accessKeyId) => this.cloud.sts.callerOf(accessKeyId),
      kernel: this.#kernel,
      operator: this.cloud.operator,
      routes: [...this.#ownRoutes(), registryRoute(this.cloud.ecr)],
      onFault: this.#options.onFault,
    });
    await this.#listen(createServer(front), this.#options.port, '--port');
    await this.#listen(
      createServer((request, response) => void this.#balance(request, response)),
      this.#options.webPort,
      '--web-port',
    );
    await deployStacks(this.cloud, this.#options.assembly, this.#options.onStack);
    this.#options.onUnmodelled(this.cloud.cloudFormation.unmodelled().map((unmodelled) => unmodelled.what));
    registerMachines(this.cloud, clusterName(this.#options.configuration), this.#options.machines);
  }

  /** Resolves when the main job can run; readiness is answered from then on. */
  async untilReady(onWaiting: (missing: readonly string[]) => void): Promise<void> {
    for (;;) {
      const missing = await whatIsMissing(this.cloud, this.#options.configuration);
      if (missing.length === 0 && (await this.#frontDoorAnswers())) break;
      onWaiting(missing);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    this.#ready = true;
  }

  /** Ends every process, port and timer of the local cloud. */
  async close(): Promise<void> {
    await this.#children.close(stopGraceMs);
    this.#kernel.close();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #frontDoorAnswers(): Promise<boolean> {
    const paths = Object.values(this.#options.configuration.services).flatMap((service) => service.paths);
    for (const path of paths) {
      const response = await this.cloud.elb.forward(
        listenerPort,
        new Request(`http://127.0.0.1${path.replaceAll('*', '')}`),
      );
      await response.body?.cancel();
      if (response.status >= 500) return false;
    }
    return true;
  }

  #listen(server: Server, port: number, option: string): Promise<void> {
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          error.code === 'EADDRINUSE'
            ? new PortInUse(
                `Port ${port} is in use by another program: end that program, or choose another port with ${option}.`,
              )
            : error,
        );
      });
      server.listen(port, '127.0.0.1', resolve);
    });
  }

  /** Paths that are the local cloud's own, beside the AWS APIs. */
  #ownRoutes(): readonly HttpRoute[] {
    return [
      {
        matches: ({ path }) => path === '/_spillway/health',
        handle: () => json(this.#ready ? 200 : 503, { ready: this.#ready }),
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
        matches: ({ path, method }) => method === 'PUT' && path.startsWith('/_cloudformation/response/'),
        handle: ({ path, body }) => {
          this.cloud.cloudFormation.respond(
            path.split('/').at(-1) as string,
            JSON.parse(Buffer.from(body).toString('utf8')),
          );
          return json(200, {});
        },
      },
    ];
  }

  async #balance(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const headers = new Headers();
      for (const [name, value] of Object.entries(incoming.headers)) {
        if (value !== undefined && !hopByHop.has(name))
          headers.set(name, Array.isArray(value) ? value.join(', ') : value);
      }
      const method = incoming.method ?? 'GET';
      const body = method === 'GET' || method === 'HEAD' ? null : new Uint8Array(await bodyBytes(incoming));
      const url = `http://${incoming.headers.host ?? '127.0.0.1'}${incoming.url ?? '/'}`;
      const response = await this.cloud.elb.forward(listenerPort, new Request(url, { method, headers, body }));
      outgoing.statusCode = response.status;
      for (const [name, value] of response.headers)
        if (!hopByHop.has(name) && name !== 'content-encoding') outgoing.setHeader(name, value);
      if (response.body) Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]).pipe(outgoing);
      else outgoing.end();
    } catch {
      outgoing.statusCode = 502;
      outgoing.end('502 Bad Gateway');
    }
  }
}

/** Headers that belong to one connection (RFC 9110, 7.6.1), and the length, which the new message states anew. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
]);

const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const bodyBytes = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
