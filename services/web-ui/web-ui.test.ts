import { describe, expect, it } from 'vitest';
import { create } from './web-ui.ts';

const setUp = () => {
  const logged: Record<string, unknown>[] = [];
  const webUi = create({ clock: { now: () => 0 }, log: (entry) => logged.push(entry) });
  const get = (path: string, headers: Record<string, string> = {}) =>
    webUi.fetch(new Request(`http://store${path}`, { headers }));
  return { webUi, get, logged };
};

describe('the storefront', () => {
  it('is a page whose style and script come from this service, and nothing from elsewhere', async () => {
    const { get } = setUp();
    const page = await get('/');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await page.text();
    const referred = [...html.matchAll(/(?:src|href)="(\/[^"]*|[a-z]+:[^"]*)"/g)].map(([, target]) => target as string);
    expect(referred.filter((target) => !target.startsWith('data:'))).toEqual(['/storefront.css', '/storefront.js']);
    for (const path of ['/storefront.css', '/storefront.js']) expect((await get(path)).status).toBe(200);
  });

  it('may load and call nothing but this origin', async () => {
    const { get } = setUp();
    const { headers } = await get('/');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('has no inline style or script, which its policy would refuse', async () => {
    const html = await (await setUp().get('/')).text();
    expect(html).not.toMatch(/ style=| on[a-z]+=|<style|<script(?![^>]* src=)/);
  });

  it('is not sent again while it is unchanged', async () => {
    const { get } = setUp();
    const etag = (await get('/')).headers.get('etag') ?? '';
    const again = await get('/', { 'if-none-match': `W/${etag}` });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect((await get('/', { 'if-none-match': '"another"' })).status).toBe(200);
  });

  it('is healthy, and does not log that it was asked', async () => {
    const { get, logged } = setUp();
    expect((await get('/healthz')).status).toBe(200);
    expect(logged).toEqual([]);
  });

  it.each(['/nowhere', '/../web-ui.ts', '/public/index.html'])('is 404 at %s', async (path) => {
    expect((await setUp().get(path)).status).toBe(404);
  });
});
