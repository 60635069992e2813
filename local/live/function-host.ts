import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
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
import { type Children, killTree } from './children.ts';

export interface FunctionHostOptions {
  readonly children: Children;
  /** Where functions reach every AWS API. */
  readonly endpoint: string;
  readonly region: string;
  /** Default: 10 s, after which Lambda ends an environment that is not ready (Lambda developer guide, "Init phase"). */
  readonly initTimeoutMs?: number;
}

interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

type Message =
  | { readonly ready: true }
  | ({ readonly ready: false } & Failure)
  | { readonly requestId: string; readonly ok: true; readonly payload: string }
  | ({ readonly requestId: string; readonly ok: false } & Failure);

/** MiB of the young generation's halves. The default of 16 keeps 15 MiB more of garbage in each of dozens of processes. */
const lessGarbage = '--max-semi-space-size=2';
const bootstrap = join(import.meta.dirname, 'lambda-bootstrap.mjs');
const defaultInitTimeoutMs = 10_000;

/** Runs each execution environment of a function as a process, from the bundle that deploys. */
export const processFunctionHost = (options: FunctionHostOptions): FunctionHost => ({
  start: async (spec) => {
    const environment = new EnvironmentProcess(spec, spawnEnvironment(spec, options));
    await environment.whenReady(options.initTimeoutMs ?? defaultInitTimeoutMs);
    return environment;
  },
});

/** What could not be started, under the name that Lambda gives it. */
class InitFailed extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** @throws InitFailed when the bundle has no such module. */
const spawnEnvironment = (spec: FunctionSpec, { children, endpoint, region }: FunctionHostOptions): ChildProcess => {
  const [moduleName, exportName] = spec.handler.split('.') as [string, string];
  const file = ['mjs', 'js', 'cjs']
    .map((extension) => join(spec.codePath, `${moduleName}.${extension}`))
    .find(existsSync);
  if (!file) throw new InitFailed('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  return children.spawn(process.execPath, [lessGarbage, bootstrap, file, exportName], {
    // Only what Lambda gives a function: nothing of the operator's own environment leaks in.
    env: {
      PATH: process.env.PATH,
      TZ: ':UTC',
      ...spec.environment,
      // The bootstrap maps stacks by itself, for much less memory.
      NODE_OPTIONS: spec.environment.NODE_OPTIONS?.replace('--enable-source-maps', '').trim(),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      LAMBDA_TASK_ROOT: spec.codePath,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
};

/** A trace of X-Ray's that is not sampled: without one the tracer complains, and with one that is it would send. */
const newTrace = (): string => {
  const seconds = Math.floor(Date.now() / 1_000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
};

class EnvironmentProcess implements ExecutionEnvironment {
  readonly #spec: FunctionSpec;
  readonly #child: ChildProcess;
  readonly #ready = Promise.withResolvers<void>();
  #log: (line: string) => void = () => undefined;
  #current: { readonly requestId: string; readonly resolve: (outcome: InvocationOutcome) => void } | undefined;

  constructor(spec: FunctionSpec, child: ChildProcess) {
    this.#spec = spec;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#log(line));
    }
    child.on('message', (message: Message) => this.#heard(message));
    child.once('error', (error) => this.#ready.reject(error));
    child.once('exit', (code, signal) => this.#exited(signal ? `signal: ${signal}` : `exit status ${code}`));
  }

  /** @throws InitFailed when the code cannot be loaded in time. */
  async whenReady(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.kill();
      this.#ready.reject(
        new InitFailed('Sandbox.Timedout', `Error: Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`),
      );
    }, timeoutMs);
    try {
      await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  invoke(invocation: Invocation): Promise<InvocationOutcome> {
    const { requestId, credentials } = invocation;
    return new Promise((resolve) => {
      this.#current = { requestId, resolve };
      this.#log = invocation.log;
      const message = {
        requestId,
        payload: invocation.payload,
        deadlineMs: invocation.deadlineMs,
        environment: {
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_SESSION_TOKEN: credentials.sessionToken,
          AWS_CREDENTIAL_EXPIRATION: credentials.expiration.toISOString(),
          _X_AMZN_TRACE_ID: newTrace(),
        },
        context: this.#context(),
      };
      if (!this.#child.connected) this.#exited('no process');
      else
        this.#child.send(message, (error) => {
          if (error) this.#exited(error.message);
        });
    });
  }

  kill(): void {
    killTree(this.#child);
  }

  #context(): Readonly<Record<string, string>> {
    const { name, arn, memoryMb, logGroup, environment } = this.#spec;
    return {
      functionName: name,
      functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION ?? '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMb),
      logGroupName: logGroup,
      logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
    };
  }

  #heard(message: Message): void {
    if ('ready' in message) {
      if (message.ready) this.#ready.resolve();
      else this.#ready.reject(new InitFailed(message.errorType, message.errorMessage));
      return;
    }
    // An answer to an invocation that has timed out is nobody's any more.
    if (message.requestId !== this.#current?.requestId) return;
    this.#settle(
      message.ok
        ? { ok: true, payload: JSON.parse(message.payload) }
        : { ok: false, errorType: message.errorType, errorMessage: message.errorMessage, trace: message.trace },
    );
  }

  #exited(how: string): void {
    this.#ready.reject(new InitFailed('Runtime.ExitError', `Error: Runtime exited with error: ${how}`));
    this.#settle({
      ok: false,
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${this.#current?.requestId} Error: Runtime exited with error: ${how}`,
    });
  }

  #settle(outcome: InvocationOutcome): void {
    const current = this.#current;
    this.#current = undefined;
    current?.resolve(outcome);
  }
}
