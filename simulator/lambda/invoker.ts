import { AwsError } from '../cloud/aws-error.ts';
import type { InvocationOutcome } from '../cloud/ports.ts';
import type { ServiceContext } from '../cloud/service.ts';
import type { Slot } from './environment-pool.ts';
import { InvocationLog } from './invocation-log.ts';
import type { Resolved } from './model.ts';

/** New accounts have less, but this is the default that AWS documents. */
const accountConcurrency = 1000;
const minuteMs = 60_000;
/** Throttled asynchronous events are tried for so long at most, with pauses that double up to five minutes. */
const longestPauseMs = 5 * minuteMs;

export interface InvocationResult {
  readonly payload: Uint8Array;
  readonly isError: boolean;
  readonly logTail: string;
}

/** Runs functions: at once for callers who wait, and later, with retries, for those who do not. */
export class Invoker {
  readonly #ctx: ServiceContext;
  #running = 0;

  constructor(ctx: ServiceContext) {
    this.#ctx = ctx;
  }

  /** @throws AwsError `TooManyRequestsException` when no concurrency is left. */
  async invoke(resolved: Resolved, payload: unknown, requestId: string): Promise<InvocationResult> {
    const { fn, version } = resolved;
    if (fn.reservedConcurrency !== undefined && fn.running >= fn.reservedConcurrency)
      throw this.#throttled(resolved, 'ReservedFunctionConcurrentInvocationLimitExceeded');
    if (this.#running >= accountConcurrency) throw this.#throttled(resolved, 'ConcurrentInvocationLimitExceeded');
    fn.running += 1;
    this.#running += 1;
    try {
      return await this.#run(resolved, payload, requestId);
    } finally {
      fn.running -= 1;
      this.#running -= 1;
      this.#ctx.kernel.record('lambda-invocation', { function: fn.name, version: version.version, requestId });
    }
  }

  /** Puts an event into the function's queue. Errors of the function are tried again after one and two minutes. */
  enqueue(resolved: Resolved, payload: unknown, requestId: string): void {
    const { fn, qualifier } = resolved;
    const { kernel } = this.#ctx;
    const settings = fn.eventInvoke.get(qualifier ?? '');
    const retriesMax = settings?.maximumRetryAttempts ?? 2;
    const deadlineMs = kernel.now() + kernel.paced((settings?.maximumEventAgeSeconds ?? 6 * 3600) * 1000);
    let retries = 0;
    let throttles = 0;
    const drop = (reason: string): void => {
      kernel.record('lambda-event-dropped', { function: fn.name, requestId, reason });
      this.#metric(resolved, 'AsyncEventsDropped', 1, 'Count');
    };
    const later = (pauseMs: number): void => {
      if (kernel.now() + kernel.paced(pauseMs) > deadlineMs) drop('too old');
      else kernel.afterAws(pauseMs, 'lambda-async-retry', attempt);
    };
    const attempt = async (): Promise<void> => {
      try {
        const result = await this.invoke(resolved, payload, requestId);
        if (!result.isError) return;
        if (retries >= retriesMax) {
          drop('retries exhausted');
          return;
        }
        retries += 1;
        later(retries * minuteMs);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        throttles += 1;
        later(Math.min(longestPauseMs, 1000 * 2 ** (throttles - 1)));
      }
    };
    this.#metric(resolved, 'AsyncEventsReceived', 1, 'Count');
    kernel.after(0, 'lambda-async', attempt);
  }

  async #run(resolved: Resolved, payload: unknown, requestId: string): Promise<InvocationResult> {
    const { version } = resolved;
    const { kernel } = this.#ctx;
    let slot: Slot;
    try {
      slot = await version.pool.take();
    } catch (error) {
      return this.#failedInit(resolved, error);
    }
    const log = new InvocationLog(this.#ctx, version.settings, slot.logStream);
    log.start(requestId, version.version);
    const startedMs = kernel.now();
    const timeoutMs = version.settings.timeoutSeconds * 1000;
    const { outcome, isUsable } = await new Promise<{ outcome: InvocationOutcome; isUsable: boolean }>((resolve) => {
      // A caller's value: the pace does not divide it.
      const timer = kernel.after(timeoutMs, 'lambda-timeout', () => {
        log.timedOut(requestId);
        resolve({
          outcome: {
            ok: false,
            errorType: 'Sandbox.Timedout',
            errorMessage: `RequestId: ${requestId} Error: Task timed out after ${version.settings.timeoutSeconds.toFixed(2)} seconds`,
          },
          isUsable: false,
        });
      });
      void slot.environment
        .invoke({
          requestId,
          payload,
          deadlineMs: startedMs + timeoutMs,
          credentials: slot.credentials,
          log: log.line,
        })
        .then((outcome) => {
          timer.cancel();
          resolve({ outcome, isUsable: outcome.ok || outcome.errorType !== 'Runtime.ExitError' });
        });
    });
    version.pool.release(slot, isUsable);
    const durationMs = kernel.now() - startedMs;
    log.report(requestId, { durationMs, initMs: slot.initMs, failed: !outcome.ok });
    slot.initMs = undefined;
    this.#metric(resolved, 'Invocations', 1, 'Count');
    this.#metric(resolved, 'Errors', outcome.ok ? 0 : 1, 'Count');
    this.#metric(resolved, 'Duration', durationMs, 'Milliseconds');
    return { payload: encode(answerOf(outcome, requestId)), isError: !outcome.ok, logTail: log.tail() };
  }

  #failedInit(resolved: Resolved, error: unknown): InvocationResult {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    const isLambdas = /^(Runtime|Sandbox)\./.test(name);
    const outcome = {
      errorType: isLambdas ? name : 'Runtime.ImportModuleError',
      errorMessage: isLambdas ? message : `${name}: ${message}`,
      trace: [],
    };
    this.#ctx.kernel.record('lambda-init-failed', { function: resolved.fn.name, message: outcome.errorMessage });
    this.#metric(resolved, 'Invocations', 1, 'Count');
    this.#metric(resolved, 'Errors', 1, 'Count');
    return { payload: encode(outcome), isError: true, logTail: '' };
  }

  #throttled(resolved: Resolved, reason: string): AwsError {
    this.#metric(resolved, 'Throttles', 1, 'Count');
    return new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
      status: 429,
      fields: { Reason: reason, Type: 'User' },
    });
  }

  #metric({ fn, qualifier }: Resolved, name: string, value: number, unit: string): void {
    const metric = { namespace: 'AWS/Lambda', name, value, unit };
    this.#ctx.metric({ ...metric, dimensions: { FunctionName: fn.name } });
    if (qualifier)
      this.#ctx.metric({ ...metric, dimensions: { FunctionName: fn.name, Resource: `${fn.name}:${qualifier}` } });
  }
}

const answerOf = (outcome: InvocationOutcome, requestId: string): unknown => {
  if (outcome.ok) return outcome.payload ?? null;
  // Lambda names the request in what it says itself; what the function says stays as it is.
  const isLambdas = outcome.errorType === 'Runtime.ExitError' && !outcome.errorMessage.startsWith('RequestId:');
  return {
    errorType: outcome.errorType,
    errorMessage: isLambdas ? `RequestId: ${requestId} Error: ${outcome.errorMessage}` : outcome.errorMessage,
    ...(outcome.trace ? { trace: outcome.trace } : {}),
  };
};

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
