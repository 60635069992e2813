import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

export interface Dependencies {
  readonly clock: { now(): number };
  readonly log: (entry: Record<string, unknown>) => void;
}

export interface WebUi {
  fetch(request: Request): Promise<Response>;
  start(): void;
  /** Resolves when the requests in hand have been answered. */
  stop(): Promise<void>;
}

/** Beside this file when run from source, beside the bundle in the image. */
const publicFolder = join(import.meta.dirname, 'public');

const pages = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/storefront.css', file: 'storefront.css', type: 'text/css; charset=utf-8' },
  { path: '/storefront.js', file: 'storefront.js', type: 'text/javascript; charset=utf-8' },
] as const;

/** Serves the storefront. It has no state and calls nobody: the browser talks to the orders API itself. */
export const create = ({ clock, log }: Dependencies): WebUi => {
  const app = new Hono();
  app.use(async (context, next) => {
    const startedMs = clock.now();
    await next();
    const { method, path } = context.req;
    // The load balancer and the health check ask every few seconds; their lines would bury the customers'.
    if (path === '/healthz') return;
    log({
      level: 'info',
      message: 'request',
      method,
      path,
      status: context.res.status,
      durationMs: clock.now() - startedMs,
    });
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      // For this host only: what else its domain serves is not this page's to decide.
      strictTransportSecurity: 'max-age=15552000',
      xFrameOptions: 'DENY',
      permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
    }),
  );

  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  for (const { path, file, type } of pages) {
    const content = readFileSync(join(publicFolder, file), 'utf8');
    const etag = `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`;
    // Kept by the browser but asked for again each time, so that a rollout shows with the next page view.
    const headers = { 'content-type': type, 'cache-control': 'no-cache', etag };
    app.get(path, (context) => {
      const known = context.req.header('if-none-match')?.split(',') ?? [];
      const unchanged = known.some((tag) => tag.trim().replace(/^W\//, '') === etag);
      return unchanged ? context.body(null, 304, headers) : context.body(content, 200, headers);
    });
  }
  app.notFound((context) => context.text('There is nothing here. The storefront is at /.\n', 404));
  app.onError((error, context) => {
    log({ level: 'error', message: 'request failed', error: `${error.name}: ${error.message}` });
    return context.text('The request failed; the log of the service says why.\n', 500);
  });

  let inHand = 0;
  let whenIdle: (() => void) | undefined;
  return {
    fetch: async (request) => {
      inHand += 1;
      try {
        return await app.fetch(request);
      } finally {
        inHand -= 1;
        if (inHand === 0) whenIdle?.();
      }
    },
    start: () => {},
    stop: () =>
      new Promise((resolve) => {
        if (inHand === 0) resolve();
        else whenIdle = resolve;
      }),
  };
};
