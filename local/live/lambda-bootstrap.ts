/**
 * What a Lambda execution environment runs, in a process of its own: loads the bundle that deploys, then answers one
 * invocation at a time. The parent sends invocations over the IPC channel; when the parent is gone, so is this.
 */
import { pathToFileURL } from 'node:url';

interface InvokeMessage {
  readonly requestId: string;
  readonly payload: unknown;
  readonly deadlineMs: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, unknown>>;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const [, , file, exportName] = process.argv;
process.on('disconnect', () => process.exit(0));

const failed = (error: unknown): { errorType: string; errorMessage: string; trace: string[] } => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') };
};

const start = async (): Promise<void> => {
  const module = (await import(pathToFileURL(file as string).href)) as Record<string, unknown> & {
    default?: Record<string, unknown>;
  };
  const handler = (module[exportName as string] ?? module.default?.[exportName as string]) as Handler | undefined;
  if (typeof handler !== 'function') throw new Error(`${file} exports no function '${exportName}'`);
  process.on('message', (message: InvokeMessage) => {
    // Lambda refreshes the credentials in the environment between invocations.
    Object.assign(process.env, message.environment);
    const context = {
      ...message.context,
      awsRequestId: message.requestId,
      callbackWaitsForEmptyEventLoop: false,
      getRemainingTimeInMillis: () => message.deadlineMs - Date.now(),
    };
    Promise.resolve()
      .then(() => handler(message.payload, context))
      .then(
        (result) => process.send?.({ requestId: message.requestId, ok: true, payload: result ?? null }),
        (error: unknown) => process.send?.({ requestId: message.requestId, ok: false, ...failed(error) }),
      );
  });
  process.send?.({ ready: true });
};

start().catch((error: unknown) => {
  process.send?.({ ready: false, ...failed(error) }, () => process.exit(1));
});
