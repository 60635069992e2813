/** Problem details as RFC 9457 defines them; `about:blank` means that the status code says it all. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

export interface FieldError {
  /** JSON pointer into the request's body. */
  readonly pointer: string;
  readonly detail: string;
}

export const problem = (status: number, kind: string | undefined, title: string, detail: string): Problem => ({
  type: kind === undefined ? 'about:blank' : `urn:orders-api:problem:${kind}`,
  title,
  status,
  detail,
});

export const problemResponse = (
  request: Request,
  content: Problem,
  headers: Readonly<Record<string, string>> = {},
  errors?: readonly FieldError[],
): Response =>
  new Response(JSON.stringify({ ...content, instance: new URL(request.url).pathname, errors }), {
    status: content.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
