import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { ContainerSpec, RuntimeTask, StoredImage, TaskSpec } from '../../simulator/cloud/ports.ts';
import { Children } from './children.ts';
import { ImageStore } from './image-store.ts';
import { TaskEndpoints } from './task-endpoints.ts';
import { TaskPorts } from './task-ports.ts';
import { processTaskRuntime } from './task-runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'task-runtime-'));
const children = new Children();
afterEach(() => children.kill());
afterAll(() => rmSync(folder, { recursive: true }));

const endpoints = new TaskEndpoints({ endpoint: 'http://127.0.0.1:4566', cluster: 'spillway' });
const images = new Map<string, StoredImage>();
const runtime = processTaskRuntime({
  children,
  endpoints,
  endpoint: 'http://127.0.0.1:4566',
  region: 'us-east-1',
  registry: { find: (reference) => images.get(reference) },
  images: new ImageStore(join(folder, 'images')),
  ports: new TaskPorts(4599),
});

const addImage = async (source: string, config: StoredImage['config'] = {}): Promise<string> => {
  const archive = pack();
  archive.entry({ name: 'app/index.mjs' }, source);
  archive.finalize();
  const bytes = await buffer(archive);
  const digest = `sha256:${String(images.size + 1).padStart(64, '0')}`;
  const reference = `orders-api@${digest}`;
  images.set(reference, {
    repository: 'orders-api',
    digest,
    config: { Entrypoint: ['node', 'index.mjs'], WorkingDir: '/app', Env: ['FROM_IMAGE=a=b', 'PORT=8080'], ...config },
    layers: [{ digest: 'sha256:layer', mediaType: 'tar', read: () => bytes }],
    compressedBytes: bytes.length,
  });
  return reference;
};

interface Run {
  readonly task: RuntimeTask;
  /** What became of it, in order. */
  readonly told: string[];
  readonly lines: string[];
  /** Resolves when something was told or logged that starts like this. */
  until(start: string): Promise<void>;
}

let tasks = 0;
const run = async (
  source: string,
  spec: Partial<ContainerSpec> = {},
  config: StoredImage['config'] = {},
): Promise<Run> => {
  tasks += 1;
  const told: string[] = [];
  const lines: string[] = [];
  const container: ContainerSpec = {
    name: 'orders-api',
    image: await addImage(source, config),
    repository: 'orders-api',
    digest: '',
    entryPoint: undefined,
    command: undefined,
    workingDirectory: undefined,
    environment: { FROM_TASK: 'yes' },
    containerPorts: [8080],
    log: (line) => lines.push(line),
    ...spec,
  };
  const task: TaskSpec = {
    taskArn: `arn:aws:ecs:us-east-1:123456789012:task/spillway/aa${tasks}`,
    launchType: 'FARGATE',
    family: 'orders-api-fargate',
    revision: 1,
    serviceName: 'orders-api-fargate',
    managedInstanceId: undefined,
    containers: [container],
    credentials: undefined,
    agent: async () => ({ status: 404, body: '' }),
  };
  const until = async (start: string): Promise<void> => {
    while (![...told, ...lines].some((line) => line.startsWith(start))) await new Promise(setImmediate);
  };
  return {
    told,
    lines,
    until,
    task: runtime.start(task, {
      started: (name) => told.push(`${name} started`),
      failedToStart: (name, error, message) => told.push(`${name} failed: ${error}: ${message}`),
      exited: (name, code) => told.push(`${name} exited ${code}`),
    }),
  };
};

const server = `
  import { createServer } from 'node:http';
  createServer((request, response) => response.end(process.env.HOST + ' ' + request.url)).listen(Number(process.env.PORT), process.env.HOST, () => console.log('listening'));
`;

it('runs the image with its environment, the task’s, and nothing of ours', async () => {
  const { told, lines, until } = await run('console.log(JSON.stringify(process.env))');
  await until('orders-api exited');
  await until('{');
  expect(told).toEqual(['orders-api started', 'orders-api exited 0']);
  const environment = JSON.parse(lines[0] as string);
  expect(environment).toMatchObject({
    FROM_IMAGE: 'a=b',
    FROM_TASK: 'yes',
    HOST: '127.0.0.1',
    AWS_REGION: 'us-east-1',
  });
  expect(Number(environment.PORT)).toBeGreaterThanOrEqual(20_000);
  expect(Object.keys(environment)).not.toContain('VITEST');
});

it('sends requests to the port of the task, and none before and after its life', async () => {
  const { task, until } = await run(server);
  await expect(task.request(8080, new Request('http://10.0.0.1:8080/a'))).rejects.toThrow('connection refused');
  await until('listening');
  expect(await (await task.request(8080, new Request('http://10.0.0.1:8080/a?b'))).text()).toBe('127.0.0.1 /a?b');
  task.stop(5_000);
  await until('orders-api exited 143');
  await expect(task.request(8080, new Request('http://10.0.0.1:8080/a'))).rejects.toThrow('connection refused');
});

it('ends a task that does not listen to SIGTERM after its stop timeout', async () => {
  const { task, told, until } = await run(
    "process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('ready')",
  );
  await until('ready');
  task.stop(50);
  await until('orders-api exited');
  expect(told).toEqual(['orders-api started', 'orders-api exited 137']);
});

it('tells the exit code of a task that stops in order', async () => {
  const { task, told, until } = await run(
    "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('ready')",
  );
  await until('ready');
  task.stop(5_000);
  await until('orders-api exited');
  expect(told.at(-1)).toBe('orders-api exited 0');
});

it('tells the end of a task that is stopped before it runs, once', async () => {
  const { task, told, until } = await run(server);
  task.stop(5_000);
  task.kill();
  await until('orders-api exited');
  expect(told).toEqual(['orders-api exited 143']);
});

it.each([
  [
    ['sh', '-c', 'x'],
    "CannotStartContainerError: the local cloud runs images whose entry point is 'node'; this one's is 'sh'",
  ],
  [[], "CannotStartContainerError: the local cloud runs images whose entry point is 'node'; this one's is '(none)'"],
])('cannot start an image with the entry point %j', async (Entrypoint, reason) => {
  const { told, until } = await run('', {}, { Entrypoint });
  await until('orders-api failed');
  expect(told).toEqual([`orders-api failed: ${reason}`]);
});

it('cannot start an image that is gone from the registry', async () => {
  const { told, until } = await run('', { image: 'orders-api:gone' });
  await until('orders-api failed');
  expect(told).toEqual([
    'orders-api failed: CannotStartContainerError: the image orders-api:gone is gone from the registry',
  ]);
});

it('takes the way to its credentials from a task that has ended', async () => {
  const { lines, until } = await run(
    "console.log(process.env.ECS_CONTAINER_METADATA_URI_V4); process.once('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)",
    {
      name: 'one',
    },
  );
  await until('http');
  const { pathname } = new URL(lines[0] as string);
  expect(endpoints.answer(pathname, undefined)).toMatchObject({ status: 200 });
  children.kill();
  await until('one exited 137');
  expect(endpoints.answer(pathname, undefined)).toMatchObject({ status: 404 });
});

it('runs health checks inside the container: with its environment, by words or by a shell, within their time', async () => {
  const { task, until } = await run(server);
  await until('listening');
  const exec = (command: readonly string[], timeoutMs = 5_000) => task.exec('orders-api', command, timeoutMs);
  expect(await exec(['CMD', 'node', '-e', 'process.exit(process.env.FROM_TASK === "yes" ? 0 : 9)'])).toBe(0);
  expect(await exec(['CMD-SHELL', 'test "$FROM_TASK" = no || exit 3'])).toBe(3);
  expect(await exec(['node', '-e', 'process.exit(4)'])).toBe(4);
  expect(await exec(['CMD', 'no-such-program'])).toBe(127);
  expect(await exec(['CMD-SHELL', 'sleep 60; true'], 50)).toBe(137);
  task.kill();
  await until('orders-api exited');
  expect(await exec(['CMD', 'node', '-e', ''])).toBe(1);
});
