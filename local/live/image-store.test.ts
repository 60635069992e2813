import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import type { StoredImage } from '../../simulator/cloud/ports.ts';
import { ImageStore } from './image-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'image-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Name → content; a name that ends with a slash is a folder. */
type Files = Readonly<Record<string, string>>;

const tar = (files: Files, mode = 0o644): Promise<Buffer> => {
  const archive = pack();
  for (const [name, content] of Object.entries(files))
    archive.entry({ name, mode, type: name.endsWith('/') ? 'directory' : 'file' }, name.endsWith('/') ? '' : content);
  archive.finalize();
  return buffer(archive);
};

let images = 0;
const imageOf = (layers: readonly { readonly bytes: Uint8Array; readonly mediaType: string }[]): StoredImage => {
  images += 1;
  return {
    repository: 'orders-api',
    digest: `sha256:${String(images).padStart(64, '0')}`,
    config: {},
    layers: layers.map(({ bytes, mediaType }, index) => ({
      digest: `sha256:layer-${index}`,
      mediaType,
      read: () => bytes,
    })),
    compressedBytes: 0,
  };
};

const gzipped = 'application/vnd.oci.image.layer.v1.tar+gzip';
const image = async (...layers: readonly Files[]): Promise<StoredImage> =>
  imageOf(await Promise.all(layers.map(async (files) => ({ bytes: gzipSync(await tar(files)), mediaType: gzipped }))));

let stores = 0;
const newStore = (): { readonly store: ImageStore; readonly place: string } => {
  stores += 1;
  const place = join(folder, `store-${stores}`, 'images');
  return { store: new ImageStore(place), place };
};

const unpacked = async (...layers: readonly Files[]): Promise<(path: string) => string | undefined> => {
  const { root } = await newStore().store.lease(await image(...layers));
  return (path) => {
    const file = join(root, path);
    if (!existsSync(file)) return undefined;
    return statSync(file).isDirectory() ? 'a folder' : readFileSync(file, 'utf8');
  };
};

describe('layers', () => {
  it('lie upon each other, the last one on top', async () => {
    const read = await unpacked({ 'app/': '', 'app/a': 'old', 'app/b': 'b' }, { 'app/a': 'new' });
    expect([read('app/a'), read('app/b')]).toEqual(['new', 'b']);
  });

  it('hide a file or a folder below them by a whiteout', async () => {
    const read = await unpacked(
      { 'app/a': 'a', 'app/lib/x': 'x', 'app/keep': 'k' },
      { 'app/.wh.a': '', 'app/.wh.lib': '' },
    );
    expect([read('app/a'), read('app/lib'), read('app/keep'), read('app/.wh.a')]).toEqual([
      undefined,
      undefined,
      'k',
      undefined,
    ]);
  });

  it('hide by a whiteout only what is below, whatever the order within the layer', async () => {
    const read = await unpacked({ 'app/a': 'below' }, { 'app/a': 'own', 'app/.wh.a': '' });
    expect(read('app/a')).toBe('own');
  });

  it('hide everything below a folder by an opaque whiteout', async () => {
    const read = await unpacked({ 'app/a': 'a', 'app/b': 'b' }, { 'app/b': 'new', 'app/.wh..wh..opq': '' });
    expect([read('app/a'), read('app/b')]).toEqual([undefined, 'new']);
  });

  it('put a folder where a file was, and a file where a folder was', async () => {
    const read = await unpacked({ 'app/a': 'file', 'app/b/x': 'x' }, { 'app/a/': '', 'app/a/x': 'x', 'app/b': 'file' });
    expect([read('app/a/x'), read('app/b')]).toEqual(['x', 'file']);
  });

  it.each([
    ['plain', 'application/vnd.oci.image.layer.v1.tar', (bytes: Buffer) => bytes],
    ['of Docker', 'application/vnd.docker.image.rootfs.diff.tar.gzip', gzipSync],
    ['zstd', 'application/vnd.oci.image.layer.v1.tar+zstd', zstdCompressSync],
  ] as const)('may be %s', async (_, mediaType, compress) => {
    const bytes = compress(await tar({ 'app/index.mjs': 'code' }));
    const { root } = await newStore().store.lease(imageOf([{ bytes, mediaType }]));
    expect(readFileSync(join(root, 'app/index.mjs'), 'utf8')).toBe('code');
  });
});

describe('an image that would reach out of its folder', () => {
  it('has its `..` taken for the root, as in a container', async () => {
    const { store, place } = newStore();
    const { root } = await store.lease(
      await image({ '../../outside': 'x', '/etc/../../also': 'y', 'a/../../../third': 'z' }),
    );
    expect(['outside', 'also', 'third'].map((name) => existsSync(join(root, name)))).toEqual([true, true, true]);
    expect(['outside', 'also', 'third'].map((name) => existsSync(join(place, '..', name)))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('hides nothing above the root by a whiteout of dots', async () => {
    const { store } = newStore();
    const other = await store.lease(await image({ 'app/a': 'other' }));
    const { root } = await store.lease(
      await image({ 'app/a': 'a' }, { '.wh...': '', '.wh..': '', 'app/.wh...': '', '.wh.': '' }),
    );
    expect(readFileSync(join(root, 'app/a'), 'utf8')).toBe('a');
    expect(readFileSync(join(other.root, 'app/a'), 'utf8')).toBe('other');
  });

  it('gets no links', async () => {
    const archive = pack();
    archive.entry({ name: 'passwords', type: 'symlink', linkname: '/etc/passwd' });
    archive.entry({ name: 'hard', type: 'link', linkname: '/etc/passwd' });
    archive.finalize();
    const { root } = await newStore().store.lease(imageOf([{ bytes: await buffer(archive), mediaType: 'tar' }]));
    expect([existsSync(join(root, 'passwords')), existsSync(join(root, 'hard'))]).toEqual([false, false]);
  });
});

describe('the store', () => {
  it('unpacks an image once for all its tasks', async () => {
    const { store } = newStore();
    const one = await image({ a: 'a' });
    let reads = 0;
    const counting = (read: () => Uint8Array): Uint8Array => {
      reads += 1;
      return read();
    };
    const counted = { ...one, layers: one.layers.map((layer) => ({ ...layer, read: () => counting(layer.read) })) };
    const [first, second] = await Promise.all([store.lease(counted), store.lease(counted)]);
    expect(first.root).toBe(second.root);
    expect(reads).toBe(1);
  });

  it('says which layer is broken, and tries again for the next task', async () => {
    const { store } = newStore();
    const good = await image({ a: 'a' });
    const broken = {
      ...good,
      layers: [{ digest: 'sha256:bad', mediaType: gzipped, read: () => Buffer.from('this is no archive') }],
    };
    await expect(store.lease(broken)).rejects.toThrow('layer sha256:bad cannot be unpacked: incorrect header check');
    const { root } = await store.lease(good);
    expect(existsSync(join(root, 'a'))).toBe(true);
  });

  it('keeps the folders of images in use, and of the last five that are not', async () => {
    const { store } = newStore();
    const used = await store.lease(await image({ a: 'used' }));
    const idle: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      const lease = await store.lease(await image({ a: String(index) }));
      idle.push(lease.root);
      lease.release();
      lease.release();
    }
    while (existsSync(idle[1] as string)) await new Promise(setImmediate);
    expect(idle.map((root) => existsSync(root))).toEqual([false, false, true, true, true, true, true]);
    expect(existsSync(used.root)).toBe(true);
  });
});
