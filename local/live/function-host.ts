import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type {
  ExecutionEnvironment,
  FunctionHost,
  FunctionSpec,
  Invocation,
  InvocationOutcome,
} from '../../simulator/cloud/ports.ts';
import type { Children } from './children.ts';

type Message =
  | { readonly ready: true }
  | { readonly ready: false; readonly errorType: string; readonly errorMessage: string }
  | { readonly requestId: string; readonly ok: true; readonly payload: unknown }
  | {
      readonly requestId: string;
      readonly ok: false;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace: string[];
    };

const bootstrap = join(import.meta.dirname, 'lambda-bootstrap.ts');

/** Runs each execution environment of a function as a process, from the bundle that deploys. */
export const processFunctionHost = (options: {
  readonly children: Children;
  readonly endpoint: string;
  readonly region: string;
}): FunctionHost => ({
  start: (spec) => startEnvironment(spec, options),
});

const startEnvironment = async (
  spec: FunctionSpec,
  { children, endpoint, region }: { readonly children: Children; readonly endpoint: string; readonly region: string },
): Promise<ExecutionEnvironment> => {
  const [moduleName, exportName] = spec.handler.split('.') as [string, string];
  const file = ['mjs', 'js', 'cjs']
    .map((extension) => join(spec.codePath, `${moduleName}.${extension}`))
    .find(existsSync);
  if (!file)
    throw new Error(`the bundle of ${spec.name} in ${spec.codePath} has no ${moduleName}.mjs or ${moduleName}.js`);
  const child = children.spawn(process.execPath, ['--enable-source-maps', bootstrap, file, exportName], {
    // Only what Lambda gives a function: nothing of the operator's own environment leaks in.
    env: {
      PATH: process.env.PATH,
      TZ: ':UTC',
      ...spec.environment,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      LAMBDA_TASK_ROOT: spec.codePath,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let log: (line: string) => void = () => undefined;
  let current: { readonly requestId: string; readonly resolve: (outcome: InvocationOutcome) => void } | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => log(line));
  }
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      current?.resolve({
        ok: false,
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: ${current.requestId} Error: Runtime exited with error: ${signal ? `signal: ${signal}` : `exit status ${code}`}`,
      });
      current = undefined;
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', (message: Message) => {
      if ('ready' in message && message.ready) resolve();
      else
        reject(
          new Error(
            'ready' in message
              ? `${message.errorType}: ${message.errorMessage}`
              : 'the environment answered before it was asked',
          ),
        );
    });
    child.once('error', reject);
    void exited.then(() => reject(new Error(`the environment of ${spec.name} ended before it was ready`)));
  });
  child.on('message', (message: Message) => {
    if (!('requestId' in message) || message.requestId !== current?.requestId) return;
    const { resolve } = current;
    current = undefined;
    resolve(
      message.ok
        ? { ok: true, payload: message.payload }
        : { ok: false, errorType: message.errorType, errorMessage: message.errorMessage, trace: message.trace },
    );
  });
  return {
    invoke: (invocation: Invocation) =>
      new Promise<InvocationOutcome>((resolve) => {
        if (!child.connected) {
          resolve({
            ok: false,
            errorType: 'Runtime.ExitError',
            errorMessage: `RequestId: ${invocation.requestId} Error: Runtime exited`,
          });
          return;
        }
        log = invocation.log;
        current = { requestId: invocation.requestId, resolve };
        const { credentials } = invocation;
        child.send({
          requestId: invocation.requestId,
          payload: invocation.payload,
          deadlineMs: invocation.deadlineMs,
          environment: {
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
            AWS_SESSION_TOKEN: credentials.sessionToken,
            AWS_CREDENTIAL_EXPIRATION: credentials.expiration.toISOString(),
          },
          context: {
            functionName: spec.name,
            functionVersion: spec.environment.AWS_LAMBDA_FUNCTION_VERSION ?? '$LATEST',
            invokedFunctionArn: spec.arn,
            memoryLimitInMB: String(spec.memoryMb),
            logGroupName: spec.logGroup,
            logStreamName: 'local',
          },
        });
      }),
    kill: () => void child.kill('SIGKILL'),
  };
};
