import { describe, expect, it } from 'vitest';
import { LightRequest } from './light-request.ts';

const url = 'http://shop.test/api/orders?page=2';
const post = (body?: string | Request) =>
  LightRequest.of({ url, method: 'POST', headers: new Headers({ 'content-type': 'text/plain' }), body });

describe('a light request', () => {
  it('is a request to those who look', () => {
    const request = post('tea');
    expect(request).toBeInstanceOf(Request);
    expect([request.url, request.method, request.headers.get('content-type')]).toEqual([url, 'POST', 'text/plain']);
  });

  it('gives its body once, as a text, as JSON, as bytes or as a stream', async () => {
    expect(await post('tea').text()).toBe('tea');
    expect(await post('{"a":1}').json()).toEqual({ a: 1 });
    expect(Buffer.from(await post('tea').arrayBuffer()).toString()).toBe('tea');
    const blob = await post('tea').blob();
    expect([blob.type, await blob.text()]).toEqual(['text/plain', 'tea']);
    const streamed = post('tea');
    expect(await new Response(streamed.body).text()).toBe('tea');
    expect(streamed.bodyUsed).toBe(true);
    await expect(streamed.text()).rejects.toThrow(TypeError);
    const read = post('tea');
    await read.text();
    await expect(read.text()).rejects.toThrow(TypeError);
  });

  it('has no body where none was given, and may be asked for it again', async () => {
    const request = LightRequest.of({ url, method: 'GET', headers: new Headers() });
    expect(request.body).toBeNull();
    expect([await request.text(), await request.text()]).toEqual(['', '']);
    expect(request.bodyUsed).toBe(false);
  });

  it('carries on the body of another request, which is then used up', async () => {
    const outer = new Request(url, { method: 'POST', body: 'tea' });
    expect(await post(outer).text()).toBe('tea');
    expect(outer.bodyUsed).toBe(true);
    expect(await post(post('tea')).text()).toBe('tea');
  });

  it('is aborted by its owner, and with the request whose body it carries on', () => {
    const own = post('tea');
    const { signal } = own;
    own.abort();
    expect(signal.aborted).toBe(true);
    const late = post('tea');
    late.abort();
    expect(late.signal.aborted).toBe(true);
    const client = new AbortController();
    const carried = post(new Request(url, { method: 'POST', body: 'tea', signal: client.signal }));
    expect(carried.signal.aborted).toBe(false);
    client.abort();
    expect(carried.signal.aborted).toBe(true);
  });

  it('makes a request for the network, with its own headers, when it is cloned', async () => {
    for (const request of [post('tea'), post(new Request(url, { method: 'POST', body: 'tea' }))]) {
      const copy = new Request(request.clone());
      expect([copy.url, copy.method, copy.headers.get('content-type')]).toEqual([url, 'POST', 'text/plain']);
      expect([await copy.text(), await request.text()]).toEqual(['tea', 'tea']);
    }
  });

  it('throws where it is taken for one, instead of sending another', () => {
    expect(() => new Request(post('tea'))).toThrow(TypeError);
    expect(() => post('tea').cache).toThrow(TypeError);
  });
});
