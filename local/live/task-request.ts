import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Sends a request to a task, and its answer back, both as they are: `fetch` would ask for compression and undo it. Each
 * request has a connection of its own, so that none is sent on one that the task is about to close.
 * Rejects when nothing answers. Aborting the request's signal ends the exchange at any time.
 */
export const requestTask = (
  address: { readonly host: string; readonly port: number },
  request: Request,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const url = new URL(request.url);
    const outgoing = httpRequest(
      {
        ...address,
        method: request.method,
        path: `${url.pathname}${url.search}`,
        // A task that may close the connection does so without reading the rest of a body, and its answer is lost.
        headers: { host: url.host, ...Object.fromEntries(request.headers), connection: 'keep-alive' },
        agent: false,
        signal: request.signal,
      },
      (incoming) => {
        const headers = new Headers();
        for (const [name, values] of Object.entries(incoming.headersDistinct))
          for (const value of values ?? []) headers.append(name, value);
        const status = incoming.statusCode ?? 502;
        const hasBody = request.method !== 'HEAD' && !bodiless.has(status);
        if (!hasBody) incoming.resume();
        const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null;
        resolve(new Response(body, { status, statusText: incoming.statusMessage, headers }));
      },
    );
    // A connection may fail more than once, and after the answer too; what nobody listens to would end the local cloud.
    outgoing.on('error', reject);
    if (request.body)
      pipeline(Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0]), outgoing).catch(reject);
    else outgoing.end();
  });

/** Statuses whose answers never have a body (RFC 9110, 6.4.1). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);
