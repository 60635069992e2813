import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { type BuiltImage, buildImage } from './build-image.ts';

const created = new Date('2026-01-05T09:00:00Z');

const filesOf = async (image: BuiltImage): Promise<ReadonlyMap<string, { header: Header; text: string }>> => {
  const files = new Map<string, { header: Header; text: string }>();
  const reader = extract();
  reader.end(gunzipSync(image.layers[0]?.bytes ?? new Uint8Array()));
  for await (const entry of reader) {
    let text = '';
    for await (const chunk of entry) text += String(chunk);
    files.set(entry.header.name, { header: entry.header, text });
  }
  return files;
};

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('an image', () => {
  it('holds the bundle, the health check and the public files, in folders that anybody may read', async () => {
    const files = await filesOf(await buildImage('web-ui', { version: 'v1', created }));
    expect([...files.keys()]).toEqual([
      'app/',
      'app/public/',
      'app/healthcheck.mjs',
      'app/index.mjs',
      'app/public/index.html',
      'app/public/storefront.css',
      'app/public/storefront.js',
    ]);
    expect(files.get('app/index.mjs')?.header).toMatchObject({ mode: 0o644, uid: 1_000 });
    expect(files.get('app/index.mjs')?.text).not.toMatch(/^import .* from "(?!node:)/m);
  });

  it('says in its labels what it is, and runs node without a shell', async () => {
    const { config } = await buildImage('web-ui', { version: 'v1', created });
    expect(JSON.parse(String(Buffer.from(config.bytes)))).toEqual(config.content);
    expect(config.content.config).toMatchObject({
      Entrypoint: ['node', 'index.mjs'],
      WorkingDir: '/app',
      Labels: {
        'org.opencontainers.image.title': 'web-ui',
        'org.opencontainers.image.version': 'v1',
        'org.opencontainers.image.created': '2026-01-05T09:00:00.000Z',
      },
    });
  });

  it('names every part by the digest and the size of its bytes', async () => {
    const { config, layers, manifest } = await buildImage('web-ui', { version: 'v1', created });
    const [layer] = layers;
    const content = JSON.parse(String(Buffer.from(manifest.bytes)));
    expect(manifest.digest).toBe(sha256(manifest.bytes));
    expect(content.config).toMatchObject({ digest: sha256(config.bytes), size: config.bytes.length });
    expect(content.layers).toMatchObject([
      { digest: sha256(layer?.bytes ?? new Uint8Array()), size: layer?.bytes.length },
    ]);
    expect(config.content.rootfs.diff_ids).toEqual([sha256(gunzipSync(layer?.bytes ?? new Uint8Array()))]);
  });

  it('has another digest under another version, and the same layer', async () => {
    const first = await buildImage('web-ui', { version: 'v1', created });
    const again = await buildImage('web-ui', { version: 'v1', created });
    const second = await buildImage('web-ui', { version: 'v2', created });
    expect(again.manifest.digest).toBe(first.manifest.digest);
    expect(second.manifest.digest).not.toBe(first.manifest.digest);
    expect(second.layers[0]?.digest).toBe(first.layers[0]?.digest);
  });

  it.each([
    ['crash', 'app/index.mjs', 'process.exit(1)'],
    ['unhealthy', 'app/healthcheck.mjs', 'process.exit(1)'],
  ] as const)('that is broken by %s says so in a label and ends with 1 where it should', async (broken, file, text) => {
    const image = await buildImage('web-ui', { version: 'v1', created, broken });
    expect(image.config.content.config.Labels['dev.spillway.broken']).toBe(broken);
    expect((await filesOf(image)).get(file)?.text).toContain(text);
  });

  it('that does not bundle is one sentence that names the service', async () => {
    await expect(buildImage('no-such-service', { version: 'v1', created })).rejects.toThrow(
      /^no-such-service does not bundle: .*\n?$/,
    );
  });
});
