/**
 * What a Lambda execution environment runs, in a process of its own: loads the bundle that deploys, then answers one
 * invocation at a time. The parent sends invocations over the IPC channel; when the parent is gone, so is this.
 *
 * Plain JavaScript: stripping types would cost every environment 15 MiB of memory, and there are dozens.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , file, exportName] = process.argv;
const bundle = pathToFileURL(file).href;
process.on('disconnect', () => process.exit(0));

let sources;
const readSources = () => {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    // A bundle without a map, or with none that can be read: its own lines must do.
    return undefined;
  }
};

/** A frame of a stack in the lines of the sources, where it is one of the bundle's. */
const describeFrame = (frame) => {
  const text = String(frame);
  if (frame.getFileName() !== bundle) return text;
  sources ??= readSources();
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const { fileName, lineNumber, columnNumber } = sources?.findOrigin(line, column) ?? {};
  return fileName ? text.replace(`${bundle}:${line}:${column}`, `${fileName}:${lineNumber}:${columnNumber}`) : text;
};

// What `--enable-source-maps` does, which would keep the map of every bundle in memory, 40 MiB an environment, whether
// or not anybody ever asks for a stack.
Error.prepareStackTrace = (error, frames) =>
  [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${describeFrame(frame)}`)].join('\n');

const failed = (error) => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') };
};

const answer = async (handler, { requestId, payload, deadlineMs, environment, context }) => {
  // Lambda refreshes the credentials in the environment between invocations.
  Object.assign(process.env, environment);
  try {
    const result = await handler(payload, {
      ...context,
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: false,
      getRemainingTimeInMillis: () => deadlineMs - Date.now(),
    });
    // As JSON, which is what callers of a function get: a Date is text for them, and `undefined` is null.
    process.send({ requestId, ok: true, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    process.send({ requestId, ok: false, ...failed(error) });
  }
};

try {
  const module = await import(bundle);
  const handler = module[exportName] ?? module.default?.[exportName];
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`${file} exports no function '${exportName}'`), { name: 'Runtime.HandlerNotFound' });
  }
  process.on('message', (invocation) => void answer(handler, invocation));
  process.send({ ready: true });
} catch (error) {
  process.send({ ready: false, ...failed(error) }, () => process.exit(1));
}
