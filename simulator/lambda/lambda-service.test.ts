import type { FunctionConfiguration, GetPolicyResponse, InvocationResponse } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, test } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import type { FunctionSpec, Invocation, InvocationOutcome } from '../cloud/ports.ts';
import { LambdaService } from './lambda-service.ts';

const roleArn = 'arn:aws:iam::123456789012:role/f';
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';

let world: LoneService<LambdaService>;
let specs: FunctionSpec[];
let invocations: (Invocation & { readonly atMs: number; readonly environment: number })[];
let killed: number[];
let sessions: string[];
/** What the function does; `later` ends it after some virtual time. */
let behave: (invocation: Invocation) => Promise<InvocationOutcome>;

const later = (ms: number, outcome: InvocationOutcome): Promise<InvocationOutcome> =>
  new Promise((resolve) => {
    world.kernel.after(ms, 'function', () => resolve(outcome));
  });

beforeEach(async () => {
  specs = [];
  invocations = [];
  killed = [];
  sessions = [];
  behave = (invocation) => later(10, { ok: true, payload: invocation.payload });
  world = loneService(
    (ctx) =>
      new LambdaService(ctx, {
        code: (bucket, key) => (bucket === 'assets' ? `/assets/${key}` : undefined),
        credentials: {
          issue: (role, sessionName, durationMs) => {
            sessions.push(sessionName);
            return {
              accessKeyId: `ASIA${sessions.length}`,
              secretAccessKey: 's',
              sessionToken: 't',
              expiration: new Date(ctx.kernel.now() + durationMs),
              roleArn: role,
              sessionName,
            };
          },
        },
        host: {
          start: async (spec) => {
            if (spec.codePath === '/assets/broken') throw new Error("Cannot find module 'index'");
            const environment = specs.push(spec) - 1;
            return {
              invoke: (invocation) => {
                invocations.push({ ...invocation, atMs: world.kernel.now(), environment });
                return behave(invocation);
              },
              kill: () => void killed.push(environment),
            };
          },
        },
      }),
  );
  await world.call('CreateFunction', {
    FunctionName: 'f',
    Role: roleArn,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { S3Bucket: 'assets', S3Key: 'one' },
    Timeout: 3,
    Environment: { Variables: { TABLE: 'spillway' } },
  });
});

/** Invokes and lets time pass until it has ended. */
const invoke = async (input: object = {}, ms = 60_000): Promise<InvocationResponse & { text: string }> => {
  const answer = world.call<InvocationResponse>('Invoke', {
    FunctionName: 'f',
    Payload: new TextEncoder().encode('{"a":1}'),
    ...input,
  });
  answer.catch(() => {});
  await world.pass(ms);
  const output = await answer;
  return { ...output, text: new TextDecoder().decode(output.Payload) };
};

const failing: InvocationOutcome = { ok: false, errorType: 'TableMissing', errorMessage: 'no table', trace: ['at x'] };

describe('an invocation', () => {
  test('answers what the function answers, after the cold start', async () => {
    const startMs = world.kernel.now();
    expect(await invoke()).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST', text: '{"a":1}' });
    expect(invocations[0]?.atMs).toBe(startMs + 375);
    expect(invocations[0]?.deadlineMs).toBe(startMs + 375 + 3_000);
  });

  test('gives the function the environment that Lambda gives', async () => {
    await invoke();
    expect(specs[0]).toMatchObject({
      name: 'f',
      handler: 'index.handler',
      codePath: '/assets/one',
      roleArn,
      environment: {
        TABLE: 'spillway',
        AWS_REGION: 'us-east-1',
        AWS_LAMBDA_FUNCTION_NAME: 'f',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      },
    });
    expect(invocations[0]?.credentials).toMatchObject({ roleArn, sessionName: 'f' });
  });

  test('reuses an idle environment, and starts another while one is busy', async () => {
    const both = Promise.all([
      world.call('Invoke', { FunctionName: 'f' }),
      world.call('Invoke', { FunctionName: 'f' }),
    ]);
    await world.pass(1_000);
    await both;
    await invoke();
    expect(invocations.map(({ environment }) => environment)).toEqual([0, 1, 1]);
  });

  test('renews the credentials of an environment before they end', async () => {
    await invoke();
    await world.pass(11 * 3_600_000);
    await invoke();
    expect(sessions).toHaveLength(1);
    await world.pass(3_600_000);
    await invoke();
    expect(sessions).toHaveLength(2);
    expect(specs).toHaveLength(1);
  });

  test("an error of the function is the payload, not the call's error", async () => {
    behave = () => later(1, failing);
    const output = await invoke();
    expect(output).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(output.text)).toEqual({ errorType: 'TableMissing', errorMessage: 'no table', trace: ['at x'] });
    await invoke();
    expect(specs).toHaveLength(1);
  });

  test('that takes too long ends with the environment', async () => {
    behave = () => later(3_001, { ok: true, payload: 'late' });
    const output = await invoke();
    const { requestId } = invocations[0] as Invocation;
    expect(JSON.parse(output.text)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 3.00 seconds`,
    });
    expect(killed).toEqual([0]);
    behave = () => later(2_999, { ok: true, payload: 'in time' });
    expect((await invoke()).text).toBe('"in time"');
    expect(invocations.at(-1)?.environment).toBe(1);
  });

  test('that crashes takes its environment along', async () => {
    behave = () =>
      later(1, { ok: false, errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 1' });
    const output = await invoke();
    expect(JSON.parse(output.text)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${invocations[0]?.requestId} Error: Runtime exited with error: exit status 1`,
    });
    behave = () => later(1, { ok: true, payload: null });
    await invoke();
    expect(invocations.at(-1)?.environment).toBe(1);
  });

  test('of code that cannot be loaded says what the runtime says', async () => {
    await world.call('UpdateFunctionCode', { FunctionName: 'f', S3Bucket: 'assets', S3Key: 'broken' });
    const output = await invoke();
    expect(output.FunctionError).toBe('Unhandled');
    expect(JSON.parse(output.text)).toEqual({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Error: Cannot find module 'index'",
      trace: [],
    });
  });

  test('is logged and measured', async () => {
    behave = async (invocation) => {
      invocation.log('hello');
      return later(10, { ok: true, payload: null });
    };
    const output = await invoke({ LogType: 'Tail' });
    const { requestId } = invocations[0] as Invocation;
    const lines = world.logs.map(({ message }) => message);
    expect(world.logs[0]).toMatchObject({
      group: '/aws/lambda/f',
      stream: expect.stringMatching(/^2026\/01\/05\/\[\$LATEST\][0-9a-f]{32}$/),
    });
    expect(lines).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      'hello',
      `END RequestId: ${requestId}`,
      `REPORT RequestId: ${requestId}\tDuration: 10.00 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tInit Duration: 375.00 ms`,
    ]);
    expect(Buffer.from(output.LogResult ?? '', 'base64').toString()).toBe(lines.join('\n'));
    expect(world.metrics.map(({ name, value }) => [name, value])).toEqual([
      ['Invocations', 1],
      ['Errors', 0],
      ['Duration', 10],
    ]);
  });

  test('with a payload that is no JSON is refused', async () => {
    await expect(invoke({ Payload: new TextEncoder().encode('{') })).rejects.toMatchObject({
      code: 'InvalidRequestContentException',
    });
  });

  test('of a function that does not exist names it', async () => {
    await expect(invoke({ FunctionName: 'g' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
      message: 'Function not found: arn:aws:lambda:us-east-1:123456789012:function:g',
    });
  });

  test('beyond the reserved concurrency is throttled', async () => {
    await world.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 });
    const first = world.call('Invoke', { FunctionName: 'f' });
    await expect(world.call('Invoke', { FunctionName: 'f' })).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
    await world.pass(1_000);
    await first;
    expect((await invoke()).StatusCode).toBe(200);
  });
});

describe('an asynchronous invocation', () => {
  const send = (): Promise<InvocationResponse> => world.call('Invoke', { FunctionName: 'f', InvocationType: 'Event' });

  test('is accepted at once and run later', async () => {
    expect(await send()).toMatchObject({ StatusCode: 202 });
    expect(invocations).toEqual([]);
    await world.pass(1_000);
    expect(invocations).toHaveLength(1);
  });

  test('that fails is tried again after one and after two minutes, with the same request id', async () => {
    behave = () => later(0, failing);
    await send();
    await world.pass(3_600_000);
    const times = invocations.map(({ atMs }) => atMs - (invocations[0] as { atMs: number }).atMs);
    expect(times).toEqual([0, 60_000, 180_000]);
    expect(new Set(invocations.map(({ requestId }) => requestId)).size).toBe(1);
    expect(world.metrics.filter(({ name }) => name === 'AsyncEventsDropped')).toHaveLength(1);
  });

  test('is tried as often as its settings say', async () => {
    await world.call('PutFunctionEventInvokeConfig', { FunctionName: 'f', MaximumRetryAttempts: 0 });
    behave = () => later(0, failing);
    await send();
    await world.pass(3_600_000);
    expect(invocations).toHaveLength(1);
  });

  test('that is throttled waits until there is room', async () => {
    await world.call('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await send();
    await world.pass(600_000);
    expect(invocations).toEqual([]);
    await world.call('DeleteFunctionConcurrency', { FunctionName: 'f' });
    await world.pass(300_000);
    expect(invocations).toHaveLength(1);
  });

  test('cannot have a destination here', async () => {
    await expect(
      world.call('PutFunctionEventInvokeConfig', {
        FunctionName: 'f',
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:123456789012:q' } },
      }),
    ).rejects.toMatchObject({ code: 'NotModelledException' });
  });
});

describe('versions', () => {
  test('keep their code and settings when $LATEST moves on', async () => {
    const first = await world.call<FunctionConfiguration>('PublishVersion', { FunctionName: 'f' });
    expect(first).toMatchObject({ Version: '1', FunctionArn: `${arn}:1` });
    await world.call('UpdateFunctionCode', { FunctionName: 'f', S3Bucket: 'assets', S3Key: 'two' });
    await world.call('UpdateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { TABLE: 'x' } } });
    expect((await invoke({ FunctionName: `${arn}:1` })).ExecutedVersion).toBe('1');
    await invoke();
    expect(
      specs.map((spec) => [spec.codePath, spec.environment.TABLE, spec.environment.AWS_LAMBDA_FUNCTION_VERSION]),
    ).toEqual([
      ['/assets/one', 'spillway', '1'],
      ['/assets/two', 'x', '$LATEST'],
    ]);
  });

  test('are not published twice without a change', async () => {
    const versions: (string | undefined)[] = [];
    const publish = async (): Promise<void> => {
      versions.push((await world.call<FunctionConfiguration>('PublishVersion', { FunctionName: 'f' })).Version);
    };
    await publish();
    await publish();
    await world.call('UpdateFunctionConfiguration', { FunctionName: 'f', MemorySize: 256 });
    await publish();
    expect(versions).toEqual(['1', '1', '2']);
  });

  test('a change of $LATEST ends its idle environments', async () => {
    await invoke();
    await world.call('UpdateFunctionConfiguration', { FunctionName: 'f', MemorySize: 256 });
    expect(killed).toEqual([0]);
  });

  test('an alias leads to a version', async () => {
    await world.call('PublishVersion', { FunctionName: 'f' });
    await world.call('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
    expect((await invoke({ Qualifier: 'live' })).ExecutedVersion).toBe('1');
    await expect(
      world.call('CreateAlias', { FunctionName: 'f', Name: 'next', FunctionVersion: '2' }),
    ).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

describe('permissions', () => {
  const grant = {
    FunctionName: 'f',
    StatementId: 'rule',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: 'arn:aws:events:us-east-1:123456789012:rule/r',
  };

  test('are statements of the resource policy of that qualifier alone', async () => {
    await world.call('PublishVersion', { FunctionName: 'f' });
    await world.call('AddPermission', { ...grant, Qualifier: '1' });
    expect(world.service.policyOf('f')).toBeUndefined();
    expect(world.service.policyOf(`${arn}:1`)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'rule',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: `${arn}:1`,
          Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:events:us-east-1:123456789012:rule/r' } },
        },
      ],
    });
  });

  test('can be read, not given twice, and taken away', async () => {
    await world.call('AddPermission', grant);
    await expect(world.call('AddPermission', grant)).rejects.toMatchObject({ code: 'ResourceConflictException' });
    const { Policy } = await world.call<GetPolicyResponse>('GetPolicy', { FunctionName: 'f' });
    expect(JSON.parse(Policy ?? '').Statement).toHaveLength(1);
    await world.call('RemovePermission', { FunctionName: 'f', StatementId: 'rule' });
    await expect(world.call('GetPolicy', { FunctionName: 'f' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('an invocation asks for the qualified function', async () => {
    await world.call('PublishVersion', { FunctionName: 'f' });
    await invoke({ Qualifier: '1' });
    expect(world.asked.at(-1)).toEqual([{ action: 'lambda:InvokeFunction', resource: `${arn}:1` }]);
  });
});

describe('what is refused', () => {
  const create = (more: object): Promise<unknown> =>
    world.call('CreateFunction', {
      FunctionName: 'g',
      Role: roleArn,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Bucket: 'assets', S3Key: 'one' },
      ...more,
    });

  test.each([
    [{ FunctionName: 'f' }, 'ResourceConflictException'],
    [{ Code: { ZipFile: new Uint8Array() } }, 'NotModelledException'],
    [{ Code: { S3Bucket: 'other', S3Key: 'one' } }, 'InvalidParameterValueException'],
    [{ Layers: ['l'] }, 'NotModelledException'],
    [{ DeadLetterConfig: { TargetArn: 'q' } }, 'NotModelledException'],
    [{ Runtime: 'python3.13' }, 'NotModelledException'],
    [{ Timeout: 901 }, 'ValidationException'],
    [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'InvalidParameterValueException'],
  ])('CreateFunction %j is %s', async (more, code) => {
    await expect(create(more)).rejects.toMatchObject({ code });
  });
});
