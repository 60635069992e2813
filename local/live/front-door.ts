import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Sends a request on to a task; never rejects, since what goes wrong is an answer of the load balancer. `receivedMs` says
 * when the last piece of the body came in.
 */
export type Forward = (request: Request, receivedMs: () => number) => Promise<Response>;

/**
 * Where the load balancer's port meets the network: requests and answers pass as they are, streamed both ways, so that
 * neither a large body nor a slow client fills the memory. When a client goes away, so does the request to the task.
 */
export const frontDoor =
  (forward: Forward): RequestListener =>
  (incoming, outgoing) => {
    void pass(forward, incoming, outgoing);
  };

const pass = async (forward: Forward, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  let receivedMs = Date.now();
  const request = requestOf(incoming, gone.signal, () => {
    receivedMs = Date.now();
  });
  if (request === undefined) {
    // What is no HTTP request to the load balancer is refused by it (application load balancers, HTTP 400).
    outgoing.writeHead(400, { 'content-type': 'text/plain', connection: 'close' }).end('Bad Request');
    return;
  }
  try {
    await answer(incoming, outgoing, await forward(request, () => receivedMs));
  } catch {
    // The client or the task went away in mid-answer; a cut connection is all that can still be said.
    outgoing.destroy();
  }
};

const answer = async (incoming: IncomingMessage, outgoing: ServerResponse, response: Response): Promise<void> => {
  outgoing.statusCode = response.status;
  if (response.statusText) outgoing.statusMessage = response.statusText;
  const dropped = connectionHeaders(response.headers.get('connection'));
  for (const [name, value] of response.headers) if (!dropped.has(name)) outgoing.appendHeader(name, value);
  if (response.body)
    await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
  else outgoing.end();
  // The answer may come before the whole request: what is still to come is nobody's, but the client must not block on it.
  if (!incoming.complete) incoming.resume();
};

/** Undefined for what no load balancer passes on: a bad host or path, or a method that `fetch` knows for a tunnel. */
const requestOf = (incoming: IncomingMessage, signal: AbortSignal, onPiece: () => void): Request | undefined => {
  const { method = 'GET', url = '/', headersDistinct } = incoming;
  const dropped = connectionHeaders(incoming.headers.connection ?? null);
  const withBody = method !== 'GET' && method !== 'HEAD';
  try {
    const headers = new Headers();
    for (const [name, values] of Object.entries(headersDistinct)) {
      if (!dropped.has(name)) for (const value of values ?? []) headers.append(name, value);
    }
    // A length that announces a body which `Request` does not allow would let the task wait for it.
    if (!withBody) headers.delete('content-length');
    return new Request(url.startsWith('/') ? `http://${incoming.headers.host ?? '127.0.0.1'}${url}` : url, {
      method,
      headers,
      signal,
      // 'half' lets a body stream on while it still comes in.
      ...(withBody && { body: bodyOf(incoming, onPiece), duplex: 'half' }),
    });
  } catch {
    return undefined;
  }
};

/** Read no faster than it is taken. Letting go of it leaves the connection open, for the answer. */
const bodyOf = (incoming: IncomingMessage, onPiece: () => void): ReadableStream<Uint8Array> => {
  const chunks = incoming.iterator({ destroyOnReturn: false });
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next();
      onPiece();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value as Buffer));
    },
    cancel: async () => {
      await chunks.return?.();
    },
  });
};

/** Headers that belong to one connection (RFC 9110, 7.6.1), with those that the sender names as such. */
const connectionHeaders = (named: string | null): ReadonlySet<string> =>
  new Set([
    ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
    ...['transfer-encoding', 'upgrade', 'expect'],
    ...(named ?? '').split(',').map((name) => name.trim().toLowerCase()),
  ]);
