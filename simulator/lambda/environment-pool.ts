import type {
  CredentialIssuer,
  ExecutionEnvironment,
  FunctionHost,
  FunctionSpec,
  SessionCredentials,
} from '../cloud/ports.ts';
import type { ServiceContext } from '../cloud/service.ts';

/** Lambda's own sessions live longer than any environment is kept; renewed well before they end. */
const sessionMs = 12 * 3_600_000;
const renewBeforeMs = 15 * 60_000;

/** An environment that runs one version of a function, with what stays with it between invocations. */
export interface Slot {
  readonly environment: ExecutionEnvironment;
  readonly logStream: string;
  credentials: SessionCredentials;
  /** How long it took to start, in milliseconds of the kernel; told once, in the first report. */
  initMs: number | undefined;
}

/**
 * The execution environments of one version. An environment runs one invocation at a time and waits idle for the next;
 * one is started only when all are busy.
 */
export class EnvironmentPool {
  readonly #ctx: ServiceContext;
  readonly #host: FunctionHost;
  readonly #issuer: CredentialIssuer;
  readonly #spec: FunctionSpec;
  readonly #version: string;
  readonly #idle: Slot[] = [];
  readonly #busy = new Set<Slot>();
  #closed = false;

  constructor(
    ctx: ServiceContext,
    ports: { readonly host: FunctionHost; readonly credentials: CredentialIssuer },
    spec: FunctionSpec,
    version: string,
  ) {
    this.#ctx = ctx;
    this.#host = ports.host;
    this.#issuer = ports.credentials;
    this.#spec = spec;
    this.#version = version;
  }

  /** An idle environment, or a new one after its cold start. @throws what the host throws when the code cannot be loaded */
  async take(): Promise<Slot> {
    const { kernel, fidelity } = this.#ctx;
    let slot = this.#idle.pop();
    if (!slot) {
      const startedMs = kernel.now();
      await new Promise<void>((resolve) => {
        kernel.afterAws(fidelity.lambdaColdStartMs, 'lambda-cold-start', resolve);
      });
      const logStream = `${new Date(kernel.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/[${this.#version}]${kernel.hex('lambda-log-stream', 32)}`;
      const credentials = this.#issue();
      const environment = await this.#host.start({
        ...this.#spec,
        environment: { ...this.#spec.environment, AWS_LAMBDA_LOG_STREAM_NAME: logStream },
      });
      kernel.record('lambda-environment', { function: this.#spec.name, version: this.#version });
      slot = { environment, logStream, credentials, initMs: kernel.now() - startedMs };
    } else if (slot.credentials.expiration.getTime() - kernel.now() < renewBeforeMs) {
      slot.credentials = this.#issue();
    }
    this.#busy.add(slot);
    return slot;
  }

  /** Gives an environment back; one that is not fit for another invocation is ended. */
  release(slot: Slot, isUsable: boolean): void {
    this.#busy.delete(slot);
    if (isUsable && !this.#closed) this.#idle.push(slot);
    else slot.environment.kill();
  }

  /** Ends the idle environments now and the busy ones after their invocation: the code or the settings have changed. */
  close(): void {
    this.#closed = true;
    for (const slot of this.#idle.splice(0)) slot.environment.kill();
  }

  /** Ends every environment, also in the middle of an invocation. */
  kill(): void {
    this.close();
    for (const slot of this.#busy) slot.environment.kill();
  }

  #issue(): SessionCredentials {
    return this.#issuer.issue(this.#spec.roleArn, this.#spec.name, sessionMs);
  }
}
