import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import { copied } from '../../simulator/cloud/copied.ts';
import type {
  ExecutionEnvironment,
  FunctionHost,
  FunctionSpec,
  Invocation,
  InvocationOutcome,
} from '../../simulator/cloud/ports.ts';
import { type Gate, type SentCall, type VirtualClient, virtualClients } from './clients.ts';
import type { Fate, Interference } from './interference.ts';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

interface FunctionModule {
  readonly create: (deps: {
    env: Readonly<Record<string, string | undefined>>;
    clients: Readonly<Record<string, unknown>>;
    clock: { now(): number };
  }) => Handler;
}

/** The deployed functions by entry path, `functions/<verb-noun>/index.ts`. */
export type FunctionModules = ReadonlyMap<string, FunctionModule>;

const root = resolve(import.meta.dirname, '../..');

/** Loads every function's module before the world starts: an import takes real time, which virtual time cannot wait for. */
export const loadFunctions = async (): Promise<FunctionModules> => {
  // Powertools loads the X-Ray SDK, which by default follows every promise of the process with async hooks: a quarter of
  // a virtual world's time, for traces that nobody reads here. It asks for this variable once, when it is loaded.
  process.env.AWS_XRAY_MANUAL_MODE = 'true';
  const folders = readdirSync(join(root, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['core', 'adapters', 'runtime'].includes(entry.name))
    .map((entry) => entry.name);
  const loaded = await Promise.all(
    folders.map(async (folder) => {
      const module = (await import(join(root, 'functions', folder, `${folder}.ts`))) as FunctionModule;
      return [`functions/${folder}/index.ts`, module] as const;
    }),
  );
  return new Map(loaded);
};

/** Runs functions in this process: the same `create` that each function's entry file composes, with virtual clients. */
export const virtualFunctionHost = (
  cloud: Cloud,
  modules: FunctionModules,
  interference?: Interference,
): FunctionHost => ({
  start: async (spec: FunctionSpec): Promise<ExecutionEnvironment> => {
    const entry = cloud.cloudFormation.metadataOf('AWS::Lambda::Function', spec.name)?.['spillway:entry'];
    const module = modules.get(String(entry));
    if (!module)
      throw new Error(
        `the template of function ${spec.name} names the entry ${String(entry)}, which is not a function of this project`,
      );
    let alive = true;
    const process =
      interference &&
      new MortalProcess(String(entry), interference, () => {
        alive = false;
      });
    const arn = `arn:aws:sts::${cloud.accountId}:assumed-role/${spec.roleArn.split('/').at(-1)}/${spec.name}`;
    const clients = virtualClients(
      cloud,
      () => ({ kind: 'role', roleArn: spec.roleArn, sessionName: spec.name, arn }),
      () => alive,
      process,
    );
    const handler = module.create({
      // What a handler logs carries wall time: it is no part of a history, and in a story nobody reads it.
      env: { ...spec.environment, POWERTOOLS_LOG_LEVEL: 'SILENT' },
      clients: { ...clients, http: httpTo(cloud) } satisfies Record<string, VirtualClient | ReturnType<typeof httpTo>>,
      clock: { now: () => cloud.kernel.now() },
    });
    return {
      invoke: (invocation) => {
        const ended = invoke(cloud, spec, handler, invocation);
        return process ? process.during(invocation, ended) : ended;
      },
      kill: () => {
        alive = false;
      },
    };
  },
});

/** The process of one execution environment in a world with faults: a call's fate may be that it dies. */
class MortalProcess implements Gate {
  readonly #folder: string;
  readonly #interference: Interference;
  readonly #die: () => void;
  readonly #dead: Promise<InvocationOutcome>;
  #payload: unknown;
  /** It dies when the call that is under way has taken effect. */
  #dies = false;

  constructor(entry: string, interference: Interference, onDeath: () => void) {
    this.#folder = entry.split('/')[1] ?? '';
    this.#interference = interference;
    let resolveDeath: (outcome: InvocationOutcome) => void = () => undefined;
    this.#dead = new Promise((resolve) => {
      resolveDeath = resolve;
    });
    this.#die = () => {
      onDeath();
      const errorMessage = 'Runtime exited with error: signal: killed';
      resolveDeath({ ok: false, errorType: 'Runtime.ExitError', errorMessage });
    };
  }

  during(invocation: Invocation, ended: Promise<InvocationOutcome>): Promise<InvocationOutcome> {
    this.#payload = invocation.payload;
    return Promise.race([ended, this.#dead]);
  }

  fateOf(call: SentCall): Fate | undefined {
    const fate = this.#interference.fateOf({ ...call, folder: this.#folder, payload: this.#payload });
    if (fate?.kind === 'killed-before' || fate?.kind === 'killed-and-late') this.#die();
    if (fate?.kind === 'killed-after') this.#dies = true;
    return fate;
  }

  onEffect(call: SentCall, answer: unknown): void {
    this.#interference.onEffect?.({ ...call, folder: this.#folder, payload: this.#payload }, answer);
    if (this.#dies) this.#die();
  }
}

const invoke = async (
  cloud: Cloud,
  spec: FunctionSpec,
  handler: Handler,
  invocation: Invocation,
): Promise<InvocationOutcome> => {
  const context = {
    functionName: spec.name,
    functionVersion: '$LATEST',
    invokedFunctionArn: spec.arn,
    memoryLimitInMB: String(spec.memoryMb),
    awsRequestId: invocation.requestId,
    logGroupName: spec.logGroup,
    logStreamName: 'virtual',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => invocation.deadlineMs - cloud.kernel.now(),
  };
  try {
    const result = await handler(copied(invocation.payload), context);
    return { ok: true, payload: result === undefined ? null : JSON.parse(JSON.stringify(result)) };
  } catch (error) {
    const { name, message } = error as Error;
    return { ok: false, errorType: name || 'Error', errorMessage: message, trace: [] };
  }
};

/** The custom resource's answer goes to a URL; there are no sockets in virtual time, so it goes straight to its reader. */
const httpTo =
  (cloud: Cloud) =>
  async (url: string, init: { readonly method: string; readonly body: string }): Promise<{ status: number }> => {
    const token = url.split('/').at(-1) ?? '';
    cloud.cloudFormation.respond(token, JSON.parse(init.body));
    return { status: 200 };
  };
