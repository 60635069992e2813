import { randomBytes } from 'node:crypto';
import { type Broken, buildImage } from './build-image.ts';
import { RegistryClient } from './registry-client.ts';

export interface PushOptions {
  /** Of the local cloud, e.g. `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly broken?: Broken;
  /** Further labels of the image. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: a new label from the time and chance. */
  readonly version?: string;
}

export interface Pushed {
  readonly service: string;
  /** The tag, and the label `org.opencontainers.image.version`. */
  readonly version: string;
  readonly digest: string;
  /** The image as stored: compressed layers and configuration. */
  readonly compressedBytes: number;
  /** What the registry did not have yet. */
  readonly sentBytes: number;
  readonly seconds: number;
  readonly broken: Broken | undefined;
}

/**
 * Builds a service as it stands and pushes it under a new version.
 * @throws BundleFailed, PushFailed with a sentence for the person who pushed.
 */
export const pushImage = async (service: string, options: PushOptions): Promise<Pushed> => {
  const startedMs = Date.now();
  const created = new Date(startedMs);
  const { broken, labels } = options;
  const image = await buildImage(service, {
    version: options.version ?? newVersion(created),
    created,
    broken,
    labels,
  });
  const registry = new RegistryClient(options.endpoint);
  let sentBytes = 0;
  for (const blob of [...image.layers, image.config]) sentBytes += await registry.putBlob(service, blob);
  await registry.putManifest(service, image.version, image.manifest);
  return {
    service,
    version: image.version,
    digest: image.manifest.digest,
    compressedBytes: image.compressedBytes,
    sentBytes,
    seconds: (Date.now() - startedMs) / 1_000,
    broken,
  };
};

/** `v20260105-090000-3f9c`: sorts by time, and two pushes within one second still differ. */
export const newVersion = (at: Date, chance: string = randomBytes(2).toString('hex')): string => {
  const digits = at.toISOString().replace(/\D/g, '');
  return `v${digits.slice(0, 8)}-${digits.slice(8, 14)}-${chance}`;
};
