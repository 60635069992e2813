/** The kinds of manifests that the registry takes. */
export const mediaTypes = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

export const isIndexType = (mediaType: string): boolean =>
  mediaType === mediaTypes.dockerList || mediaType === mediaTypes.ociIndex;

export const isManifestType = (mediaType: string): boolean =>
  isIndexType(mediaType) || mediaType === mediaTypes.dockerManifest || mediaType === mediaTypes.ociManifest;
