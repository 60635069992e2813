import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ExecutionEnvironment, FunctionSpec, InvocationOutcome } from '../../simulator/cloud/ports.ts';
import { Children } from './children.ts';
import { processFunctionHost } from './function-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'function-host-'));
const children = new Children();
afterEach(() => children.kill());
afterAll(() => rmSync(folder, { recursive: true }));

const options = { children, endpoint: 'http://127.0.0.1:4566', region: 'us-east-1' };
const host = processFunctionHost(options);

let bundles = 0;
const start = (source: string, spec: Partial<FunctionSpec> = {}, on = host): Promise<ExecutionEnvironment> => {
  bundles += 1;
  writeFileSync(join(folder, `bundle-${bundles}.mjs`), source);
  return on.start({
    name: 'spillway-test',
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:spillway-test:1',
    handler: `bundle-${bundles}.handler`,
    codePath: folder,
    environment: { TABLE_NAME: 'spillway', AWS_LAMBDA_FUNCTION_VERSION: '1' },
    timeoutSeconds: 30,
    memoryMb: 256,
    roleArn: 'arn:aws:iam::123456789012:role/test',
    logGroup: '/aws/lambda/spillway-test',
    ...spec,
  });
};

const lines: string[] = [];
let requests = 0;
const invoke = (environment: ExecutionEnvironment, payload: unknown = {}): Promise<InvocationOutcome> => {
  requests += 1;
  return environment.invoke({
    requestId: `request-${requests}`,
    payload,
    deadlineMs: Date.UTC(2030, 0, 1),
    credentials: {
      accessKeyId: `ASIA${requests}`,
      secretAccessKey: 'secret',
      sessionToken: 'token',
      expiration: new Date(Date.UTC(2030, 0, 1)),
      roleArn: 'arn:aws:iam::123456789012:role/test',
      sessionName: 'test',
    },
    log: (line) => lines.push(line),
  });
};

describe('an execution environment', () => {
  it('answers as JSON does, one invocation after another in the same process', async () => {
    const environment = await start(`
      let count = 0;
      export const handler = async (event) => ({ count: ++count, at: new Date(0), none: undefined, twice: event.n * 2 });
    `);
    expect(await invoke(environment, { n: 2 })).toEqual({
      ok: true,
      payload: { count: 1, at: '1970-01-01T00:00:00.000Z', twice: 4 },
    });
    expect(await invoke(environment, { n: 3 })).toMatchObject({ payload: { count: 2, twice: 6 } });
  });

  it('answers null for nothing', async () => {
    expect(await invoke(await start('export const handler = async () => undefined'))).toEqual({
      ok: true,
      payload: null,
    });
  });

  it('gets the role of each invocation, its own environment, and nothing of ours', async () => {
    const environment = await start(`
      export const handler = async (_, context) => ({ key: process.env.AWS_ACCESS_KEY_ID, names: Object.keys(process.env), table: process.env.TABLE_NAME, context });
    `);
    const first = (await invoke(environment)) as {
      payload: { key: string; names: string[]; table: string; context: object };
    };
    const second = (await invoke(environment)) as { payload: { key: string } };
    expect([first.payload.key, second.payload.key]).toEqual([`ASIA${requests - 1}`, `ASIA${requests}`]);
    expect(first.payload.table).toBe('spillway');
    expect(first.payload.names).not.toContain('HOME');
    expect(first.payload.context).toMatchObject({
      functionName: 'spillway-test',
      functionVersion: '1',
      memoryLimitInMB: '256',
    });
  });

  it('has a trace of its own for each invocation, which is not sent anywhere', async () => {
    const environment = await start('export const handler = async () => process.env._X_AMZN_TRACE_ID');
    const trace = {
      ok: true,
      payload: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    };
    const [first, second] = [await invoke(environment), await invoke(environment)];
    expect([first, second]).toEqual([trace, trace]);
    expect(first).not.toEqual(second);
  });

  it('tells the error that the handler throws by its name, and goes on', async () => {
    const environment = await start(`
      export const handler = async (event) => {
        if (event.bad) throw Object.assign(new Error('no such image'), { name: 'ImageMissing' });
        return 'good';
      };
    `);
    expect(await invoke(environment, { bad: true })).toMatchObject({
      ok: false,
      errorType: 'ImageMissing',
      errorMessage: 'no such image',
    });
    expect(await invoke(environment)).toEqual({ ok: true, payload: 'good' });
  });

  it('tells a handler that ends its process as Runtime.ExitError, in that invocation and the next', async () => {
    const environment = await start('export const handler = async () => process.exit(3)');
    const outcome = {
      ok: false,
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('Runtime exited with error'),
    };
    expect(await invoke(environment)).toEqual({
      ...outcome,
      errorMessage: `RequestId: request-${requests} Error: Runtime exited with error: exit status 3`,
    });
    expect(await invoke(environment)).toMatchObject(outcome);
  });

  it('is ended in mid-invocation, even when it never lets go of its process', async () => {
    const environment = await start("export const handler = async () => { console.log('begun'); for (;;); }");
    const outcome = invoke(environment);
    while (!lines.includes('begun')) await new Promise(setImmediate);
    environment.kill();
    expect(await outcome).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: SIGKILL'),
    });
  });

  it('tells stacks in the lines of the sources', async () => {
    const source = join(folder, 'source.ts');
    writeFileSync(
      source,
      "type Unused = string;\n\nexport const handler = async (): Promise<Unused> => {\n  throw new RangeError('out of range');\n};\n",
    );
    buildSync({
      entryPoints: [source],
      outfile: join(folder, 'mapped.mjs'),
      format: 'esm',
      minify: true,
      sourcemap: 'linked',
    });
    const environment = await start('', {
      handler: 'mapped.handler',
      environment: { NODE_OPTIONS: '--enable-source-maps' },
    });
    const outcome = await invoke(environment);
    expect(!outcome.ok && outcome.trace?.[0]).toBe('RangeError: out of range');
    expect(!outcome.ok && outcome.trace?.[1]).toMatch(/source\.ts:4:9/);
  });

  it('logs each line to the invocation', async () => {
    const environment = await start("export const handler = async () => { console.log('one\\ntwo'); }");
    await invoke(environment);
    while (!lines.includes('two')) await new Promise(setImmediate);
    expect(lines.filter((line) => line === 'one')).toHaveLength(1);
  });
});

describe('a bundle that cannot start', () => {
  it('names what its module throws', async () => {
    await expect(start("throw new TypeError('no table')")).rejects.toMatchObject({
      name: 'TypeError',
      message: 'no table',
    });
  });

  it('is missed by name when its module is not there', async () => {
    const missing = start('', { handler: 'elsewhere.handler' });
    await expect(missing).rejects.toMatchObject({ name: 'Runtime.ImportModuleError' });
  });

  it('is told when it exports no such handler', async () => {
    await expect(start('export const other = 1')).rejects.toMatchObject({ name: 'Runtime.HandlerNotFound' });
  });

  it('is told when its process ends instead', async () => {
    await expect(start('process.exit(9)')).rejects.toMatchObject({
      name: 'Runtime.ExitError',
      message: 'Error: Runtime exited with error: exit status 9',
    });
  });

  it('is ended when it is not ready in time', async () => {
    const impatient = processFunctionHost({ ...options, initTimeoutMs: 200 });
    await expect(
      start('await new Promise((resolve) => setTimeout(resolve, 60_000))', {}, impatient),
    ).rejects.toMatchObject({
      name: 'Sandbox.Timedout',
      message: 'Error: Task timed out after 0.20 seconds',
    });
    while (children.count > 0) await new Promise(setImmediate);
  });
});
