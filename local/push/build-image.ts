import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { pack } from 'tar-stream';

export type Broken = 'crash' | 'unhealthy';

/** Bytes as a registry stores them: named by their digest. */
export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** The configuration of an image (OCI image specification, config.md), as far as we write it. */
export interface ImageConfig {
  readonly created: string;
  readonly architecture: string;
  readonly os: string;
  readonly config: {
    readonly Entrypoint: readonly string[];
    readonly WorkingDir: string;
    readonly User: string;
    readonly Env: readonly string[];
    readonly ExposedPorts: Readonly<Record<string, object>>;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] };
}

export interface BuiltImage {
  readonly service: string;
  readonly version: string;
  readonly config: Blob & { readonly content: ImageConfig };
  readonly layers: readonly Blob[];
  /** What is pushed under a tag; its digest is the image's. */
  readonly manifest: Blob;
  readonly compressedBytes: number;
}

export interface BuildOptions {
  readonly version: string;
  readonly created: Date;
  readonly broken?: Broken;
  /** Further labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, '../..');

const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/** Says where a bundle of a service could not be made, in one sentence. */
export class BundleFailed extends Error {
  override readonly name = 'BundleFailed';
}

/**
 * Makes the image that the service's Dockerfile makes, less its base: no Docker is needed, and on the local cloud the
 * project's own Node runs it. The layer depends on the files alone and the digest of the image on the version too, so
 * the same code under a new version is a new release, and a push of it uploads two small documents.
 * @throws BundleFailed when the source does not bundle.
 */
export const buildImage = async (service: string, options: BuildOptions): Promise<BuiltImage> => {
  const { version, broken } = options;
  const files = await filesOf(service, broken);
  const tar = await tarOf(files);
  const layer = blob(mediaTypes.layer, gzipSync(tar));
  const content: ImageConfig = {
    created: options.created.toISOString(),
    architecture: 'amd64',
    os: 'linux',
    config: {
      Entrypoint: ['node', 'index.mjs'],
      WorkingDir: '/app',
      User: 'node',
      Env: ['NODE_ENV=production', 'PORT=8080'],
      ExposedPorts: { '8080/tcp': {} },
      Labels: {
        'org.opencontainers.image.title': service,
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.created': options.created.toISOString(),
        ...(broken && { 'dev.spillway.broken': broken }),
        ...options.labels,
      },
    },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  };
  const config = blob(mediaTypes.config, Buffer.from(JSON.stringify(content)));
  const manifest = blob(
    mediaTypes.manifest,
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config: descriptorOf(config),
        layers: [descriptorOf(layer)],
      }),
    ),
  );
  return {
    service,
    version,
    config: { ...config, content },
    layers: [layer],
    manifest,
    compressedBytes: layer.bytes.length + config.bytes.length,
  };
};

type Files = ReadonlyMap<string, Uint8Array>;

const filesOf = async (service: string, broken: Broken | undefined): Promise<Files> => {
  const files = new Map<string, Uint8Array>();
  files.set('app/index.mjs', broken === 'crash' ? Buffer.from(crashing(service)) : await bundle(service));
  files.set(
    'app/healthcheck.mjs',
    broken === 'unhealthy'
      ? Buffer.from(failingHealthCheck)
      : await readFile(join(root, 'services', 'healthcheck.mjs')),
  );
  const publicFolder = join(root, 'services', service, 'public');
  if (existsSync(publicFolder)) {
    const entries = await readdir(publicFolder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((candidate) => candidate.isFile())) {
      const path = join(entry.parentPath, entry.name);
      files.set(join('app/public', relative(publicFolder, path)), await readFile(path));
    }
  }
  return files;
};

/** The same bundle as the command in the service's Dockerfile makes. */
const bundle = async (service: string): Promise<Uint8Array> => {
  try {
    const result = await build({
      entryPoints: [join(root, 'services', service, 'index.ts')],
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      mainFields: ['module', 'main'],
      // Some dependencies are CommonJS inside and ask for Node's modules by `require`.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      absWorkingDir: root,
      write: false,
      logLevel: 'silent',
    });
    return result.outputFiles[0]?.contents as Uint8Array;
  } catch (error) {
    const first = (error as { errors?: { text: string; location?: { file: string; line: number } | null }[] })
      .errors?.[0];
    const where = first?.location ? ` (${first.location.file}:${first.location.line})` : '';
    throw new BundleFailed(`${service} does not bundle: ${first?.text ?? String(error)}${where}`, { cause: error });
  }
};

/** Starts, says something and ends with an error: an image that passes every check but running. */
const crashing = (service: string): string => `
console.log(JSON.stringify({ level: 'error', service: '${service}', message: 'broken on purpose: this release crashes after its start' }));
setTimeout(() => process.exit(1), 1_000);
`;

const failingHealthCheck = `
console.error('broken on purpose: this release is never healthy');
process.exit(1);
`;

/** User and group `node` of the official Node images, as which the image runs. */
const nodeUser = { uid: 1_000, gid: 1_000, uname: 'node', gname: 'node' };

/** One time stamp for all files and a fixed order make equal files an equal layer. */
const tarOf = async (files: Files): Promise<Buffer> => {
  const archive = pack();
  const mtime = new Date(0);
  const folders = new Set([...files.keys()].flatMap((path) => parentsOf(path)));
  for (const name of [...folders].sort())
    archive.entry({ name: `${name}/`, type: 'directory', mode: 0o755, mtime, ...nodeUser });
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    archive.entry({ name, mode: 0o644, mtime, ...nodeUser }, Buffer.from(content));
  archive.finalize();
  return buffer(archive);
};

const parentsOf = (path: string): string[] => {
  const steps = path.split('/').slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
};

const blob = (mediaType: string, bytes: Uint8Array): Blob => ({ mediaType, digest: digestOf(bytes), bytes });

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const descriptorOf = ({ mediaType, digest, bytes }: Blob): object => ({ mediaType, digest, size: bytes.length });
