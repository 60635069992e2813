import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { StoredImage } from '../../simulator/cloud/ports.ts';

/** Unpacked images, one folder a digest, made once however many tasks run it. */
export class ImageStore {
  readonly #folder: string;
  readonly #unpacked = new Map<string, Promise<string>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The root file system of an image. @throws when a layer cannot be read. */
  rootOf(image: StoredImage): Promise<string> {
    const known = this.#unpacked.get(image.digest);
    if (known) return known;
    const made = this.#unpack(image);
    this.#unpacked.set(image.digest, made);
    made.catch(() => this.#unpacked.delete(image.digest));
    return made;
  }

  async #unpack(image: StoredImage): Promise<string> {
    const root = join(this.#folder, image.digest.replace(':', '-'));
    const temporary = `${root}.partial`;
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    for (const layer of image.layers) await unpackLayer(layer.read(), layer.mediaType, temporary);
    await rm(root, { recursive: true, force: true });
    await rename(temporary, root);
    return root;
  }
}

/** Files and folders only: links and devices are left out, since processes run straight on this file system. */
const unpackLayer = async (bytes: Uint8Array, mediaType: string, root: string): Promise<void> => {
  const reader = extract();
  const done = (async () => {
    for await (const entry of reader) {
      const target = join(root, normalize(`/${entry.header.name}`));
      const whiteout = /(^|\/)\.wh\.([^/]+)$/.exec(target);
      if (whiteout?.[2]) {
        if (target.startsWith(root + sep))
          await rm(join(dirname(target), whiteout[2]), { recursive: true, force: true });
        entry.resume();
      } else if (entry.header.type === 'directory') {
        await mkdir(target, { recursive: true });
        entry.resume();
      } else if (entry.header.type === 'file') {
        await mkdir(dirname(target), { recursive: true });
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(chunk as Buffer);
        await writeFile(target, Buffer.concat(chunks), { mode: entry.header.mode ?? 0o644 });
      } else {
        entry.resume();
      }
    }
  })();
  const source = Readable.from([Buffer.from(bytes)]);
  if (mediaType.includes('gzip')) await pipeline(source, createGunzip(), reader);
  else await pipeline(source, reader);
  await done;
};
