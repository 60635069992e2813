import { readManifest } from './manifest.ts';
import { isIndexType } from './media-types.ts';
import type { Repository } from './model.ts';

/** Digests that manifest lists of a repository name, with the lists that do. */
export const referencedDigests = (repository: Repository): ReadonlyMap<string, readonly string[]> => {
  const referenced = new Map<string, string[]>();
  for (const list of repository.images.values()) {
    if (!isIndexType(list.mediaType)) continue;
    const manifest = readManifest(list.manifest, list.mediaType);
    if (manifest.kind !== 'index') continue;
    for (const { digest } of manifest.manifests)
      referenced.set(digest, [...(referenced.get(digest) ?? []), list.digest]);
  }
  return referenced;
};
