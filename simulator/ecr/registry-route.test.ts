import { beforeEach, describe, expect, test } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import type { HttpResponse, HttpRoute } from '../front/http-message.ts';
import { digestOf } from './digest.ts';
import { EcrService } from './ecr-service.ts';
import { registryRoute } from './registry-route.ts';

let world: LoneService<EcrService>;
let route: HttpRoute;

beforeEach(async () => {
  world = loneService((ctx) => new EcrService(ctx));
  route = registryRoute(world.service);
  for (const repositoryName of ['web', 'team/api']) await world.call('CreateRepository', { repositoryName });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const send = async (
  method: string,
  target: string,
  body: Uint8Array = new Uint8Array(),
  headers: Record<string, string> = {},
): Promise<HttpResponse & { text: string }> => {
  const url = new URL(target, 'http://registry');
  const response = await route.handle({
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body,
    signal: new AbortController().signal,
  });
  const text = typeof response.body === 'string' ? response.body : new TextDecoder().decode(response.body);
  return { ...response, text };
};

const codeOf = (response: { text: string }): string => JSON.parse(response.text).errors[0].code;

const upload = async (repository: string, content: Uint8Array): Promise<string> => {
  const digest = digestOf(content);
  await send('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, content);
  return digest;
};

const ociType = 'application/vnd.oci.image.manifest.v1+json';

const manifestOf = async (repository: string, layer = 'layer'): Promise<Uint8Array> => {
  const config = bytes('{"config":{"Cmd":["node"]}}');
  return bytes(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: ociType,
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: await upload(repository, config),
        size: config.byteLength,
      },
      layers: [
        {
          mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
          digest: await upload(repository, bytes(layer)),
          size: layer.length,
        },
      ],
    }),
  );
};

test('the base says that this is a registry', async () => {
  expect(route.matches({ method: 'GET', path: '/v2/' })).toBe(true);
  expect(route.matches({ method: 'POST', path: '/' })).toBe(false);
  expect(await send('GET', '/v2/')).toMatchObject({
    status: 200,
    headers: { 'docker-distribution-api-version': 'registry/2.0' },
  });
});

test('a repository must exist', async () => {
  const response = await send('POST', '/v2/nothing/blobs/uploads/');
  expect(response.status).toBe(404);
  expect(codeOf(response)).toBe('NAME_UNKNOWN');
});

describe('blobs', () => {
  test('arrive in chunks', async () => {
    const started = await send('POST', '/v2/team/api/blobs/uploads/');
    expect(started).toMatchObject({ status: 202, headers: { range: '0-0' } });
    const location = started.headers.location as string;
    const first = await send('PATCH', location, bytes('hello '), { 'content-range': '0-5' });
    expect(first).toMatchObject({ status: 202, headers: { range: '0-5' } });
    expect((await send('PATCH', location, bytes('world'), { 'content-range': '9-13' })).status).toBe(416);
    await send('PATCH', location, bytes('world'), { 'content-range': '6-10' });
    const digest = digestOf(bytes('hello world'));
    const ended = await send('PUT', `${location}?digest=${digest}`);
    expect(ended).toMatchObject({
      status: 201,
      headers: { 'docker-content-digest': digest, location: `/v2/team/api/blobs/${digest}` },
    });
    expect((await send('GET', `/v2/team/api/blobs/${digest}`)).text).toBe('hello world');
    expect(await send('HEAD', `/v2/team/api/blobs/${digest}`)).toMatchObject({
      status: 200,
      headers: { 'content-length': '11' },
    });
    expect(codeOf(await send('PATCH', location, bytes('more')))).toBe('BLOB_UPLOAD_UNKNOWN');
  });

  test('must have the digest that is stated', async () => {
    const wrong = await send('POST', `/v2/web/blobs/uploads/?digest=sha256:${'0'.repeat(64)}`, bytes('x'));
    expect(wrong.status).toBe(400);
    expect(codeOf(wrong)).toBe('DIGEST_INVALID');
  });

  test('of one repository are not in another until they are mounted there', async () => {
    const digest = await upload('web', bytes('shared'));
    expect(codeOf(await send('HEAD', `/v2/team/api/blobs/${digest}`))).toBe('BLOB_UNKNOWN');
    expect((await send('POST', `/v2/team/api/blobs/uploads/?mount=${digest}&from=web`)).status).toBe(201);
    expect((await send('HEAD', `/v2/team/api/blobs/${digest}`)).status).toBe(200);
    // What cannot be mounted is uploaded the ordinary way.
    const unknown = `sha256:${'1'.repeat(64)}`;
    expect((await send('POST', `/v2/team/api/blobs/uploads/?mount=${unknown}&from=web`)).status).toBe(202);
  });

  test('are read in part', async () => {
    const digest = await upload('web', bytes('0123456789'));
    const part = await send('GET', `/v2/web/blobs/${digest}`, undefined, { range: 'bytes=2-4' });
    expect(part).toMatchObject({ status: 206, text: '234', headers: { 'content-range': 'bytes 2-4/10' } });
  });
});

describe('manifests', () => {
  test('are put under a tag and read by tag and by digest', async () => {
    const manifest = await manifestOf('web');
    const put = await send('PUT', '/v2/web/manifests/v1', manifest, { 'content-type': ociType });
    const digest = digestOf(manifest);
    expect(put).toMatchObject({ status: 201, headers: { 'docker-content-digest': digest } });
    for (const reference of ['v1', digest]) {
      expect(await send('GET', `/v2/web/manifests/${reference}`)).toMatchObject({
        status: 200,
        text: new TextDecoder().decode(manifest),
        headers: { 'content-type': ociType, 'docker-content-digest': digest },
      });
    }
    expect(world.events).toMatchObject([{ detail: { 'image-tag': 'v1', 'image-digest': digest } }]);
    expect(world.service.find('127.0.0.1:4566/web:v1')?.config).toEqual({ Cmd: ['node'] });
  });

  test('need their blobs in this repository', async () => {
    const manifest = await manifestOf('web');
    const response = await send('PUT', '/v2/team/api/manifests/v1', manifest, { 'content-type': ociType });
    expect(response.status).toBe(404);
    expect(codeOf(response)).toBe('MANIFEST_BLOB_UNKNOWN');
  });

  test('put by digest have no tag and are announced without one', async () => {
    const manifest = await manifestOf('web');
    await send('PUT', `/v2/web/manifests/${digestOf(manifest)}`, manifest, { 'content-type': ociType });
    expect(world.events[0]?.detail).not.toHaveProperty('image-tag');
    const wrong = await send('PUT', `/v2/web/manifests/sha256:${'0'.repeat(64)}`, manifest);
    expect(codeOf(wrong)).toBe('DIGEST_INVALID');
  });

  test('an index needs its images', async () => {
    const manifest = await manifestOf('web');
    const type = 'application/vnd.docker.distribution.manifest.list.v2+json';
    const index = bytes(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: type,
        manifests: [{ mediaType: ociType, digest: digestOf(manifest), size: manifest.byteLength }],
      }),
    );
    expect(codeOf(await send('PUT', '/v2/web/manifests/all', index, { 'content-type': type }))).toBe(
      'MANIFEST_UNKNOWN',
    );
    await send('PUT', `/v2/web/manifests/${digestOf(manifest)}`, manifest, { 'content-type': ociType });
    expect((await send('PUT', '/v2/web/manifests/all', index, { 'content-type': type })).status).toBe(201);
    expect(world.service.find('127.0.0.1:4566/web:all')?.digest).toBe(digestOf(manifest));
  });

  test.each(['{', '{"schemaVersion":1}', '{"schemaVersion":2}'])('%s is none', async (text) => {
    const response = await send('PUT', '/v2/web/manifests/v1', bytes(text), { 'content-type': ociType });
    expect(response.status).toBe(400);
    expect(codeOf(response)).toBe('MANIFEST_INVALID');
  });

  test('that are missing are unknown', async () => {
    expect(codeOf(await send('GET', '/v2/web/manifests/v9'))).toBe('MANIFEST_UNKNOWN');
  });
});

test('tags are listed in pages', async () => {
  for (const tag of ['c', 'a', 'b'])
    await send('PUT', `/v2/web/manifests/${tag}`, await manifestOf('web', tag), { 'content-type': ociType });
  const first = await send('GET', '/v2/web/tags/list?n=2');
  expect(JSON.parse(first.text)).toEqual({ name: 'web', tags: ['a', 'b'] });
  expect(first.headers.link).toBe('</v2/web/tags/list?n=2&last=b>; rel="next"');
  const second = await send('GET', '/v2/web/tags/list?n=2&last=b');
  expect(JSON.parse(second.text)).toEqual({ name: 'web', tags: ['c'] });
});
