import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type Forward, frontDoor } from './front-door.ts';
import { requestTask } from './task-request.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const listen = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** A task and a front door before it, joined by nothing but a load balancer that adds nothing. */
const behindDoor = async (task: RequestListener): Promise<number> => {
  const port = await listen(task);
  const forward: Forward = async (request) => {
    try {
      return await requestTask({ host: '127.0.0.1', port }, request);
    } catch {
      return new Response('502', { status: 502 });
    }
  };
  return listen(frontDoor(forward));
};

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Uint8Array;
  readonly agent?: Agent;
}

const ask = async (port: number, { method = 'GET', path = '/', headers = {}, body, agent }: Asked = {}) => {
  const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: agent ?? false });
  // What fails before the answer rejects below; afterwards a body that nobody wants any more may be cut off.
  outgoing.on('error', () => undefined).end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { localPort } = answer.socket;
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer), localPort };
};

describe('a request and its answer', () => {
  it('pass as they are', async () => {
    const port = await behindDoor(async (request, response) => {
      response.writeHead(418, 'Teapot', [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-seen', `${request.method} ${request.url} ${request.headers.host} ${request.headers['x-many']}`],
        ['content-encoding', 'gzip'],
      ]);
      response.end(await text(request));
    });
    const answer = await ask(port, {
      method: 'POST',
      path: '//a%20b?q=%2F&q=1',
      headers: { host: 'shop.test', 'x-many': ['1', '2'] },
      body: 'not really compressed',
    });
    expect(answer).toMatchObject({
      status: 418,
      body: 'not really compressed',
      headers: {
        'set-cookie': ['a=1', 'b=2'],
        'x-seen': 'POST //a%20b?q=%2F&q=1 shop.test 1, 2',
        'content-encoding': 'gzip',
      },
    });
  });

  it('lose the headers that belong to one connection', async () => {
    const port = await behindDoor((request, response) => {
      response.setHeader('connection', 'x-private');
      response.setHeader('x-private', 'secret');
      response.end(JSON.stringify(request.headers));
    });
    const answer = await ask(port, { headers: { connection: 'x-hop', 'x-hop': '1', te: 'trailers', 'x-kept': '1' } });
    expect(answer.headers).not.toHaveProperty('x-private');
    expect(JSON.parse(answer.body)).toEqual({ host: `127.0.0.1:${port}`, 'x-kept': '1', connection: 'keep-alive' });
  });

  it('have no body with HEAD, but its length', async () => {
    const port = await behindDoor((_, response) => response.writeHead(200, { 'content-length': '11' }).end());
    const answer = await ask(port, { method: 'HEAD' });
    expect([answer.headers['content-length'], answer.body]).toEqual(['11', '']);
  });

  it.each([204, 304])('have no body with %d', async (status) => {
    const port = await behindDoor((_, response) => response.writeHead(status).end());
    expect(await ask(port)).toMatchObject({ status, body: '' });
  });

  it('may be large', async () => {
    const port = await behindDoor((request, response) => request.pipe(response));
    const body = Buffer.alloc(20_000_000, 'x');
    const answer = await ask(port, { method: 'PUT', body });
    expect(answer.body.length).toBe(20_000_000);
  });

  it('are answered by a task that does not read the body', async () => {
    const port = await behindDoor((_, response) => response.writeHead(413).end('too large'));
    expect(await ask(port, { method: 'POST', body: Buffer.alloc(5_000_000) })).toMatchObject({ status: 413 });
  });

  it('are answered where no task gets the body, and the connection serves the next request', async () => {
    const port = await listen(frontDoor(async ({ method }) => new Response(method, { status: 503 })));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    closers.push(() => agent.destroy());
    const first = await ask(port, { method: 'POST', body: Buffer.alloc(5_000_000), agent });
    const second = await ask(port, { agent });
    expect([first.status, second.body, second.localPort]).toEqual([503, 'GET', first.localPort]);
  });

  it('are streamed: the first piece arrives while the last is not sent', async () => {
    const port = await behindDoor((request, response) => request.pipe(response));
    const outgoing = httpRequest({ host: '127.0.0.1', port, method: 'POST', agent: false });
    outgoing.write('first ');
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(String((await once(answer, 'data'))[0])).toBe('first ');
    outgoing.end('last');
    expect(await text(answer)).toBe('last');
  });
});

describe('when something goes away', () => {
  it('ends the request to the task with its client', async () => {
    const seen = Promise.withResolvers<IncomingMessage>();
    const port = await behindDoor((request) => seen.resolve(request));
    const outgoing = httpRequest({ host: '127.0.0.1', port, agent: false });
    outgoing.on('error', () => undefined).end();
    const atTask = await seen.promise;
    outgoing.destroy();
    await expect(once(atTask, 'end')).rejects.toThrow('aborted');
  });

  it('never passes half a body on as a whole one', async () => {
    const begun = Promise.withResolvers<IncomingMessage>();
    const port = await behindDoor((request) => {
      request.once('data', () => begun.resolve(request));
    });
    const outgoing = httpRequest({ host: '127.0.0.1', port, method: 'POST', agent: false });
    outgoing.on('error', () => undefined).write('{"items":');
    const atTask = await begun.promise;
    outgoing.destroy();
    await expect(once(atTask, 'end')).rejects.toThrow('aborted');
  });

  it('cuts the answer short with the task, and goes on', async () => {
    let requests = 0;
    const port = await behindDoor((_, response) => {
      requests += 1;
      if (requests > 1) response.end('whole');
      else response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
    });
    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await ask(port)).toMatchObject({ status: 200, body: 'whole' });
  });

  it('ends the answer of the task when its client goes in the middle of it', async () => {
    const ended = Promise.withResolvers<void>();
    const port = await behindDoor((_, response) => {
      response.on('close', () => ended.resolve());
      response.write('x'.repeat(100_000));
    });
    const outgoing = httpRequest({ host: '127.0.0.1', port, agent: false });
    outgoing.on('error', () => undefined).end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
    outgoing.destroy();
    await ended.promise;
  });

  it('answers 502 when the task is not there', async () => {
    const port = await listen(
      frontDoor(async (request) => {
        try {
          return await requestTask({ host: '127.0.0.1', port: 9 }, request);
        } catch {
          return new Response('502', { status: 502 });
        }
      }),
    );
    expect(await ask(port, { method: 'POST', body: 'x' })).toMatchObject({ status: 502 });
  });
});

it.each([
  ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ['a method that is not passed on', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a path that is none', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
])('refuses %s by 400', async (_, request) => {
  const port = await behindDoor((__, response) => response.end());
  const socket = connect(port, '127.0.0.1');
  socket.end(request);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
});
