import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { LogLevel } from '@aws-lambda-powertools/logger/types';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { ExpectedFailure } from '../core/errors.ts';
import type { Environment } from './environment.ts';

export interface Definition<Input, Output> {
  /** The function's folder. */
  readonly folder: string;
  readonly env: Environment;
  readonly input: z.ZodType<Input>;
  readonly run: (input: Input, tools: Tools) => Promise<Output>;
  /** What the one log line says. Events are never logged whole: some hold task tokens. */
  readonly summary: (input: Input, output: Output) => Readonly<Record<string, unknown>>;
}

export interface Tools {
  /** Counts one thing that happened, by name. */
  readonly count: (metric: string) => void;
}

export type WrappedHandler<Output> = (event: unknown, context?: Context) => Promise<Output>;

const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Lambda always passes a context; whoever calls a handler in the same process may leave it out. */
const contextOf = (folder: string): Context =>
  ({
    functionName: `spillway-${folder}`,
    functionVersion: '$LATEST',
    invokedFunctionArn: '',
    memoryLimitInMB: '0',
    awsRequestId: '',
    logGroupName: '',
    logStreamName: '',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => 0,
    done() {},
    fail() {},
    succeed() {},
  }) satisfies Context;

/**
 * Parses the event, runs, logs once, and rethrows the same error: its name is what the state machines match on.
 * With the log level SILENT nothing is written at all, no metric either.
 */
export const wrapHandler = <Input, Output>(definition: Definition<Input, Output>): WrappedHandler<Output> => {
  const { folder, env } = definition;
  const serviceName = env.POWERTOOLS_SERVICE_NAME ?? 'spillway';
  const logLevel = (env.POWERTOOLS_LOG_LEVEL ?? 'INFO').toUpperCase() as LogLevel;
  const handler = middy({ timeoutEarlyInMillis: 0 });
  let log: Pick<Logger, 'info' | 'error'> = quiet;
  let tools: Tools = { count() {} };
  // Powertools' objects take as long to make as all the rest of a cold start, so a silent function has none.
  if (logLevel !== 'SILENT') {
    const logger = new Logger({ serviceName, logLevel, persistentKeys: { folder } });
    const metrics = new Metrics({
      serviceName,
      namespace: env.POWERTOOLS_METRICS_NAMESPACE ?? 'Spillway',
      // It would warn whenever an invocation counts nothing, which is the rule here.
      logger: quiet,
    });
    log = logger;
    tools = { count: (metric) => metrics.addMetric(metric, 'Count', 1) };
    handler
      .use(captureLambdaHandler(new Tracer({ serviceName }), { captureResponse: false }))
      .use(injectLambdaContext(logger))
      .use(logMetrics(metrics));
  }
  const wrapped = handler.handler(async (event: unknown): Promise<Output> => {
    try {
      const parsed = definition.input.safeParse(event);
      if (!parsed.success) {
        throw new ExpectedFailure(
          'InvalidEvent',
          `${folder} was called with the wrong input: ${z.prettifyError(parsed.error)}`,
        );
      }
      const output = await definition.run(parsed.data, tools);
      log.info(folder, { outcome: definition.summary(parsed.data, output) });
      return output;
    } catch (error) {
      log.error(folder, error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  });
  return async (event, context) => (await wrapped(event, context ?? contextOf(folder))) as Output;
};
