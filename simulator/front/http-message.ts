/** A request with its body read, as the protocols and the further routes of the port see it. */
export interface HttpRequest {
  readonly method: string;
  /** Percent-decoded only where a route does it: a path may hold an encoded slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Aborted when the client went away before it was answered. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** What else the port answers beside the AWS APIs: the image registry, a health page. Asked before the APIs, in order. */
export interface HttpRoute {
  matches(request: Pick<HttpRequest, 'method' | 'path'>): boolean;
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>;
}
