import { describe, expect, it } from 'vitest';
import { PushFailed, RegistryClient } from './registry-client.ts';

const blob = { mediaType: 'application/octet-stream', digest: 'sha256:abc', bytes: Buffer.from('content') };
const manifest = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: 'sha256:def',
  bytes: Buffer.from('{}'),
};

/** A registry that knows one repository and gives uploads a relative place with a query of its own. */
const registry = (location = '/v2/web-ui/blobs/uploads/1?state=x') => {
  const blobs = new Map<string, string>();
  const manifests = new Map<string, string>();
  const answer = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { pathname, searchParams } = new URL(request.url);
    if (!pathname.startsWith('/v2/web-ui/'))
      return Response.json({ errors: [{ code: 'NAME_UNKNOWN', message: 'no such repository' }] }, { status: 404 });
    if (request.method === 'HEAD')
      return new Response(null, { status: blobs.has(pathname.split('/').at(-1) as string) ? 200 : 404 });
    if (request.method === 'POST') return new Response(null, { status: 202, headers: { location } });
    if (pathname.includes('/manifests/')) {
      manifests.set(pathname.split('/').at(-1) as string, request.headers.get('content-type') ?? '');
      return new Response(null, { status: 201 });
    }
    if (searchParams.get('state') !== 'x') return new Response('upload unknown', { status: 404 });
    blobs.set(searchParams.get('digest') as string, await request.text());
    return new Response(null, { status: 201 });
  };
  return { blobs, manifests, client: new RegistryClient('http://127.0.0.1:4566/', answer as typeof fetch) };
};

describe('a push', () => {
  it.each(['/v2/web-ui/blobs/uploads/1?state=x', 'http://127.0.0.1:4566/v2/web-ui/blobs/uploads/1?state=x'])(
    'uploads a blob to the place that the registry names: %s',
    async (location) => {
      const { client, blobs } = registry(location);
      expect(await client.putBlob('web-ui', blob)).toBe(7);
      expect([...blobs]).toEqual([['sha256:abc', 'content']]);
    },
  );

  it('sends nothing that the registry has', async () => {
    const { client } = registry();
    await client.putBlob('web-ui', blob);
    expect(await client.putBlob('web-ui', blob)).toBe(0);
  });

  it('stores the manifest under its tag with its media type', async () => {
    const { client, manifests } = registry();
    await client.putManifest('web-ui', 'v1', manifest);
    expect([...manifests]).toEqual([['v1', 'application/vnd.oci.image.manifest.v1+json']]);
  });

  it("tells the registry's own reason in a sentence", async () => {
    const { client } = registry();
    await expect(client.putManifest('nowhere', 'v1', manifest)).rejects.toThrow(
      new PushFailed(
        'The registry did not take the manifest of v1 in repository nowhere: status 404, NAME_UNKNOWN: no such repository',
      ),
    );
  });

  it('says that nothing answers', async () => {
    const client = new RegistryClient('http://127.0.0.1:4566', () => Promise.reject(new TypeError('fetch failed')));
    await expect(client.putBlob('web-ui', blob)).rejects.toThrow(
      'No registry answers at http://127.0.0.1:4566. Is the local cloud running (npm start)?',
    );
  });
});
