import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import type { StoredImage } from '../../simulator/cloud/ports.ts';

/** An unpacked image in use. */
export interface ImageLease {
  /** Folder that is the image's root file system. */
  readonly root: string;
  /** Says that the user has ended; a second call does nothing. */
  release(): void;
}

/** A file of an archive: its header and its bytes. */
interface Entry extends AsyncIterable<unknown> {
  readonly header: { readonly name: string; readonly type?: string | null; readonly mode?: number };
  resume(): unknown;
}

interface Unpacked {
  readonly root: Promise<string>;
  users: number;
}

/** Folders of images that nobody runs: enough to go back a few releases without unpacking, few enough for any disk. */
const idleMax = 5;

/**
 * Unpacked images, one folder a digest, made once however many tasks run it. Tasks of one image share its files: what
 * one of them writes beside its program, the others see.
 */
export class ImageStore {
  readonly #folder: string;
  /** By digest, the one that was used last at the end. */
  readonly #unpacked = new Map<string, Unpacked>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws when a layer cannot be read or written. */
  async lease(image: StoredImage): Promise<ImageLease> {
    const { digest } = image;
    const unpacked = this.#unpacked.get(digest) ?? { root: this.#unpack(image), users: 0 };
    unpacked.users += 1;
    this.#touch(digest, unpacked);
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      unpacked.users -= 1;
      this.#forgetIdle();
    };
    try {
      return { root: await unpacked.root, release };
    } catch (error) {
      // The next task tries again.
      if (this.#unpacked.get(digest) === unpacked) this.#unpacked.delete(digest);
      throw error;
    }
  }

  #touch(digest: string, unpacked: Unpacked): void {
    this.#unpacked.delete(digest);
    this.#unpacked.set(digest, unpacked);
  }

  #forgetIdle(): void {
    const idle = [...this.#unpacked].filter(([, { users }]) => users === 0);
    for (const [digest] of idle.slice(0, Math.max(0, idle.length - idleMax))) {
      this.#unpacked.delete(digest);
      // A folder that cannot be removed is replaced when its image is needed again.
      rm(this.#rootOf(digest), { recursive: true, force: true }).catch(() => undefined);
    }
  }

  #rootOf(digest: string): string {
    return join(this.#folder, digest.replace(':', '-'));
  }

  async #unpack(image: StoredImage): Promise<string> {
    const root = this.#rootOf(image.digest);
    const partial = `${root}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    for (const { digest, mediaType, read } of image.layers) {
      try {
        await unpackLayer(read(), mediaType, partial);
      } catch (error) {
        await rm(partial, { recursive: true, force: true });
        throw new Error(
          `layer ${digest} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
          {
            cause: error,
          },
        );
      }
    }
    await rm(root, { recursive: true, force: true });
    await rename(partial, root);
    return root;
  }
}

/**
 * Applies a layer to the root file system below it (OCI image specification, layer.md). Files and folders only: links
 * and devices are left out, since processes run straight on this file system and a link could lead out of it.
 */
const unpackLayer = async (bytes: Uint8Array, mediaType: string, root: string): Promise<void> => {
  // Whiteouts first: they hide what lies below this layer, never what it brings itself, wherever they stand in it.
  await eachEntry(bytes, mediaType, (entry) => hide(entry, root));
  await eachEntry(bytes, mediaType, (entry) => write(entry, root));
};

const eachEntry = async (
  bytes: Uint8Array,
  mediaType: string,
  handle: (entry: Entry) => Promise<void>,
): Promise<void> => {
  const reader = extract();
  const read = async (): Promise<void> => {
    for await (const entry of reader) {
      await handle(entry);
      entry.resume();
    }
  };
  const source = Readable.from([Buffer.from(bytes)]);
  const decompress = decompressor(mediaType);
  // Together, so that a bad archive ends both halves, and so does a full disk.
  await Promise.all([decompress ? pipeline(source, decompress, reader) : pipeline(source, reader), read()]);
};

const decompressor = (mediaType: string): Transform | undefined => {
  if (mediaType.endsWith('gzip')) return createGunzip();
  return mediaType.endsWith('zstd') ? createZstdDecompress() : undefined;
};

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/** Made absolute before it is joined, so that no `..` leads out of the root. */
const placeOf = (entry: Entry, root: string): string =>
  join(root, normalize(`/${entry.header.name}`).replace(/\/$/, ''));

const hide = async (entry: Entry, root: string): Promise<void> => {
  const place = placeOf(entry, root);
  const folder = dirname(place);
  const name = basename(place);
  if (name === opaque) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  } else if (name.startsWith(whiteout)) {
    const hidden = name.slice(whiteout.length);
    // `.wh..` and `.wh...` name no file; taken at their word they would hide the folder and the one above it.
    if (!['', '.', '..'].includes(hidden)) await rm(join(folder, hidden), { recursive: true, force: true });
  }
};

const write = async (entry: Entry, root: string): Promise<void> => {
  const place = placeOf(entry, root);
  if (basename(place).startsWith(whiteout)) return;
  if (entry.header.type === 'directory') {
    const below = await lstat(place).catch(() => undefined);
    if (below && !below.isDirectory()) await rm(place);
    await mkdir(place, { recursive: true });
  } else if (entry.header.type === 'file') {
    await mkdir(dirname(place), { recursive: true });
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    // The one below may be a folder, or a file that may not be written.
    await rm(place, { recursive: true, force: true });
    await writeFile(place, Buffer.concat(chunks), { mode: entry.header.mode ?? 0o644 });
  }
};
