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
  const body = new IncomingBody(incoming);
  const request = requestOf(incoming, body, gone.signal);
  if (request === undefined) {
    // What is no HTTP request to the load balancer is refused by it (application load balancers, HTTP 400).
    outgoing.writeHead(400, { 'content-type': 'text/plain', connection: 'close' }).end('Bad Request');
    return;
  }
  try {
    await answer(outgoing, await forward(request, () => body.receivedMs));
    body.letGo();
  } catch {
    // The client or the task went away in mid-answer; a cut connection is all that can still be said.
    outgoing.destroy();
  }
};

const answer = async (outgoing: ServerResponse, response: Response): Promise<void> => {
  outgoing.statusCode = response.status;
  if (response.statusText) outgoing.statusMessage = response.statusText;
  const dropped = connectionHeaders(response.headers.get('connection'));
  for (const [name, value] of response.headers) if (!dropped.has(name)) outgoing.appendHeader(name, value);
  if (response.body)
    await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
  else outgoing.end();
};

/** Undefined for what no load balancer passes on: a bad host or path, or a method that `fetch` knows for a tunnel. */
const requestOf = (incoming: IncomingMessage, body: IncomingBody, signal: AbortSignal): Request | undefined => {
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
      ...(withBody && { body: body.stream(), duplex: 'half' }),
    });
  } catch {
    return undefined;
  }
};

/** The body of a request, read no faster than it is taken. */
class IncomingBody {
  /** When the last piece came. */
  receivedMs = Date.now();
  readonly #incoming: IncomingMessage;
  readonly #pieces: AsyncIterator<Buffer, undefined>;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
    // Letting go of the body must leave the connection open, for the answer and the next request.
    this.#pieces = incoming.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, undefined>;
  }

  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await this.#pieces.next();
        this.receivedMs = Date.now();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
    });
  }

  /** The answer may come before the whole request: what is still to come is nobody's, but the client must not block on it. */
  letGo(): void {
    void this.#pieces.return?.().then(() => this.#incoming.resume());
  }
}

/** Headers that belong to one connection (RFC 9110, 7.6.1), with those that the sender names as such. */
const connectionHeaders = (named: string | null): ReadonlySet<string> =>
  new Set([
    ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
    ...['transfer-encoding', 'upgrade', 'expect'],
    ...(named ?? '').split(',').map((name) => name.trim().toLowerCase()),
  ]);
