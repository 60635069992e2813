import type { RequestListener } from 'node:http';

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

const isLoopback = (url: string): boolean => {
  try {
    return loopbackNames.has(new URL(url).hostname);
  } catch {
    return false;
  }
};

/**
 * Whether a request was meant for this machine by a program or a page of this machine. Listening on 127.0.0.1 does not
 * keep a foreign web page out: its name may be rebound to 127.0.0.1 (then `Host` tells), or it may post here across
 * origins (then `Origin` tells). Pushed images and functions run as processes, so either would run foreign code.
 */
export const isFromThisMachine = (headers: {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}): boolean =>
  isLoopback(`http://${headers.host ?? ''}`) && (headers.origin === undefined || isLoopback(headers.origin));

/** Refuses what a foreign web page sends, with 403 and a sentence. */
export const loopbackOnly =
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    if (isFromThisMachine(request.headers)) {
      listener(request, response);
      return;
    }
    response.statusCode = 403;
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    response.end(
      'The local cloud answers requests to 127.0.0.1 or localhost only, and none of a page from elsewhere.\n',
    );
  };
