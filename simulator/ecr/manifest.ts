import { AwsError } from '../cloud/aws-error.ts';
import { isIndexType, isManifestType, mediaTypes } from './media-types.ts';

interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
  /** Layers that live elsewhere are not pushed. */
  readonly urls?: readonly string[];
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

/** A manifest: an image's (configuration and layers) or an index of several. */
export type Manifest =
  | {
      readonly kind: 'image';
      readonly mediaType: string;
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
    }
  | { readonly kind: 'index'; readonly mediaType: string; readonly manifests: readonly Descriptor[] };

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);

/** @throws AwsError when it is no manifest that the registry takes. */
export const readManifest = (bytes: Uint8Array, statedType: string | undefined): Manifest => {
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    throw invalid('Invalid image manifest provided: it is no JSON.');
  }
  const own = typeof document.mediaType === 'string' ? document.mediaType : undefined;
  const stated = statedType?.split(';')[0]?.trim();
  if (own && stated && isManifestType(stated) && own !== stated)
    throw invalid(`Invalid image manifest provided: media type ${own} inside, ${stated} outside.`);
  const mediaType =
    own ??
    (stated && isManifestType(stated)
      ? stated
      : 'manifests' in document
        ? mediaTypes.ociIndex
        : mediaTypes.ociManifest);
  if (document.schemaVersion !== 2 || !isManifestType(mediaType))
    throw invalid('Invalid image manifest provided: only schema version 2 is supported.');
  if (isIndexType(mediaType)) {
    if (!isDescriptors(document.manifests)) throw invalid('Invalid image manifest provided: manifests are missing.');
    return { kind: 'index', mediaType, manifests: document.manifests };
  }
  if (!isDescriptor(document.config) || !isDescriptors(document.layers))
    throw invalid('Invalid image manifest provided: config or layers are missing.');
  return { kind: 'image', mediaType, config: document.config, layers: document.layers };
};

const isDescriptor = (value: unknown): value is Descriptor =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Descriptor).digest === 'string' &&
  typeof (value as Descriptor).size === 'number';

const isDescriptors = (value: unknown): value is readonly Descriptor[] =>
  Array.isArray(value) && value.every(isDescriptor);

/** The manifest of an index that runs on linux/amd64; the first one when no platform is stated. */
export const linuxChild = (manifests: readonly Descriptor[]): Descriptor | undefined =>
  manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64') ??
  manifests.find(({ platform }) => platform === undefined);
