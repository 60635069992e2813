import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';

/** The local cloud as `npm start` runs it, as far as it comes without a synthesis. */

const root = resolve(import.meta.dirname, '../..');
const servers: Server[] = [];
const clouds: ChildProcess[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const cloud of clouds.splice(0)) cloud.kill('SIGKILL');
});

const hold = async (): Promise<number> => {
  const server = createServer();
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const freePort = async (): Promise<number> => {
  const port = await hold();
  const server = servers.pop();
  server?.close();
  if (server) await once(server, 'close');
  return port;
};

const start = (...args: readonly string[]) => {
  const cloud = spawn(process.execPath, [join(root, 'local/live/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  clouds.push(cloud);
  const exit = once(cloud, 'exit').then(([code]) => code as number | null);
  return { cloud, exit, error: text(cloud.stderr) };
};

it('says which port is in use, and leaves the run that holds it alone', async () => {
  const port = await hold();
  const theirs = join(root, '.spillway', `run-${port}`);
  mkdirSync(theirs, { recursive: true });
  try {
    const { exit, error } = start('--port', String(port), '--web-port', String(await freePort()));
    expect(await exit).toBe(1);
    expect(await error).toBe(
      `Port ${port} is in use by another program: end that program, or choose another port with --port.\n`,
    );
    expect(existsSync(theirs)).toBe(true);
  } finally {
    rmSync(theirs, { recursive: true });
  }
});

it('names the other port by its own option, and leaves nothing behind', async () => {
  const port = await freePort();
  const webPort = await hold();
  const { exit, error } = start('--port', String(port), '--web-port', String(webPort));
  expect(await exit).toBe(1);
  expect(await error).toContain(
    `Port ${webPort} is in use by another program: end that program, or choose another port with --web-port.`,
  );
  expect(existsSync(join(root, '.spillway', `run-${port}`))).toBe(false);
});

it('ends in order when it is interrupted in the middle of the synthesis', async () => {
  const port = await freePort();
  const { cloud, exit, error } = start('--port', String(port), '--web-port', String(await freePort()), '--json');
  const lines = createInterface({ input: cloud.stdout as NodeJS.ReadableStream });
  const [first] = await once(lines, 'line');
  expect(JSON.parse(String(first))).toMatchObject({ text: 'synthesizing the templates and bundling the functions' });
  const health = await fetch(`http://127.0.0.1:${port}/_spillway/health`);
  expect([health.status, await health.json()]).toEqual([
    503,
    { ready: false, missing: ['the stacks are not created yet'] },
  ]);
  cloud.kill('SIGINT');
  expect(await exit).toBe(0);
  expect(await error).toBe('');
  expect(existsSync(join(root, '.spillway', `run-${port}`))).toBe(false);
  await expect(fetch(`http://127.0.0.1:${port}/_spillway/health`)).rejects.toThrow();
});

it('refuses a wrong argument before it loads anything', async () => {
  const { exit, error } = start('--pace', 'fast');
  expect(await exit).toBe(2);
  expect(await error).toBe(
    "error: option '--pace <number>' argument 'fast' is invalid. Accepted is a whole number from 1 to 1000.\n",
  );
});
