export interface LightRequestParts {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  /** The body as a text, or the request whose body this one carries on. Left out: no body. */
  readonly body?: string | Request;
}

/**
 * A `Request` that stays inside this program. Undici's own prepares each one for the network, with streams, finalizers
 * and followed signals, which takes longer than a simulated API call; this one makes them when somebody asks for them.
 * It cannot be given to `fetch` or to `new Request`, which throw; `clone` makes a request that can.
 */
export class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly #source: string | Request | undefined;
  #controller: AbortController | undefined;
  #aborted = false;
  #stream: ReadableStream<Uint8Array> | undefined;
  #used = false;

  private constructor({ url, method, headers, body }: LightRequestParts) {
    this.url = url;
    this.method = method;
    this.headers = headers;
    this.#source = body;
  }

  static of(parts: LightRequestParts): Request & { abort(): void } {
    return new LightRequest(parts) as unknown as Request & { abort(): void };
  }

  /** Ends the exchange for whoever watches `signal`. */
  abort(): void {
    this.#aborted = true;
    this.#controller?.abort();
  }

  /** Aborted by `abort`, and when the request is aborted whose body this one carries on. */
  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    const followed = typeof this.#source === 'object' ? this.#source.signal : undefined;
    if (this.#aborted || followed?.aborted) controller.abort();
    else followed?.addEventListener('abort', () => controller.abort(), { once: true });
    return controller.signal;
  }

  get body(): ReadableStream<Uint8Array> | null {
    const source = this.#source;
    if (source === undefined) return null;
    if (typeof source === 'object') return source.body as ReadableStream<Uint8Array> | null;
    this.#stream ??= new ReadableStream(
      {
        pull: (controller) => {
          this.#used = true;
          controller.enqueue(new TextEncoder().encode(source));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return typeof this.#source === 'object' ? this.#source.bodyUsed : this.#used;
  }

  async text(): Promise<string> {
    const source = this.#source;
    if (typeof source === 'object') return source.text();
    if (this.#used || this.#stream?.locked) throw new TypeError('Body is unusable: Body has already been read');
    this.#used = source !== undefined;
    return source ?? '';
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.#read()).arrayBuffer();
  }

  async bytes(): Promise<Uint8Array> {
    return (await this.#read()).bytes();
  }

  async blob(): Promise<Blob> {
    return (await this.#read()).blob();
  }

  async formData(): Promise<FormData> {
    return (await this.#read()).formData();
  }

  clone(): Request {
    if (this.bodyUsed) throw new TypeError('Body is unusable: Body has already been read');
    const body = typeof this.#source === 'object' ? this.#source.clone().body : this.#source;
    const { url, method, headers, signal } = this;
    return new Request(url, { method, headers, signal, body: body ?? null, redirect: 'manual', duplex: 'half' });
  }

  async #read(): Promise<Response> {
    const type = this.headers.get('content-type');
    const body = typeof this.#source === 'object' ? this.#source.body : await this.text();
    return new Response(body, type === null ? {} : { headers: { 'content-type': type } });
  }
}

// What is not here (cache, credentials, …) means the network: there the prototype's own getter throws.
Object.setPrototypeOf(LightRequest.prototype, Request.prototype);
