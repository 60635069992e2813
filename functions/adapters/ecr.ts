import { BatchGetImageCommand, DescribeImagesCommand, type ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { ExpectedFailure, nameOf } from '../core/errors.ts';
import { isKeepTag } from '../core/keep-tag.ts';

export type ResolvedImage =
  | {
      readonly kind: 'found';
      readonly digest: string;
      readonly registryId: string;
      /** For an index: the digest of its child for linux/amd64. */
      readonly platformDigest: string | undefined;
    }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'no-platform' };

const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

interface Index {
  readonly mediaType?: string;
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform?: { readonly os?: string; readonly architecture?: string };
  }[];
}

/** Resolves a tag or a digest to what is in the repository now. */
export const resolveImage = async (
  ecr: Pick<ECRClient, 'send'>,
  image: { readonly repository: string; readonly tag?: string; readonly digest?: string },
): Promise<ResolvedImage> => {
  try {
    const { images, failures } = await ecr.send(
      new BatchGetImageCommand({
        repositoryName: image.repository,
        imageIds: [
          {
            ...(image.tag !== undefined && { imageTag: image.tag }),
            ...(image.digest !== undefined && { imageDigest: image.digest }),
          },
        ],
        acceptedMediaTypes: [...imageTypes, ...indexTypes],
      }),
    );
    const found = images?.[0];
    if (!found) return { kind: 'missing', reason: failures?.[0]?.failureReason ?? 'Requested image not found' };
    const { imageId, imageManifest, imageManifestMediaType, registryId } = found;
    if (!imageId?.imageDigest || !registryId) {
      throw new ExpectedFailure('UnexpectedAnswer', `ECR described ${image.repository} without digest or registry.`);
    }
    const manifest = JSON.parse(imageManifest ?? '{}') as Index;
    if (!indexTypes.includes(imageManifestMediaType ?? manifest.mediaType ?? '')) {
      return { kind: 'found', digest: imageId.imageDigest, registryId, platformDigest: undefined };
    }
    const child = manifest.manifests?.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
    );
    if (!child) return { kind: 'no-platform' };
    return { kind: 'found', digest: imageId.imageDigest, registryId, platformDigest: child.digest };
  } catch (error) {
    if (nameOf(error) === 'RepositoryNotFoundException') {
      return { kind: 'missing', reason: `There is no repository ${image.repository}` };
    }
    throw error;
  }
};

/**
 * Adds a tag to an image, which stays what it is; a tag that it has already is no error.
 * @returns false when the image is not there any more.
 * @throws ExpectedFailure `UnexpectedAnswer` when ECR neither shows it nor says that it is gone.
 */
export const tagImage = async (
  ecr: Pick<ECRClient, 'send'>,
  image: { readonly repository: string; readonly registryId: string; readonly digest: string; readonly tag: string },
): Promise<boolean> => {
  const place = { repositoryName: image.repository, registryId: image.registryId };
  const { images, failures } = await ecr.send(
    new BatchGetImageCommand({
      ...place,
      imageIds: [{ imageDigest: image.digest }],
      acceptedMediaTypes: [...imageTypes, ...indexTypes],
    }),
  );
  const found = images?.[0];
  if (!found?.imageManifest) {
    if (failures?.some(({ failureCode }) => failureCode === 'ImageNotFound')) return false;
    throw new ExpectedFailure(
      'UnexpectedAnswer',
      `ECR does not show the image ${image.digest} in ${image.repository}.`,
    );
  }
  try {
    await ecr.send(
      new PutImageCommand({
        ...place,
        imageManifest: found.imageManifest,
        imageManifestMediaType: found.imageManifestMediaType,
        imageTag: image.tag,
        imageDigest: image.digest,
      }),
    );
  } catch (error) {
    if (nameOf(error) !== 'ImageAlreadyExistsException') throw error;
  }
  return true;
};

/** The newest image that somebody pushed by a tag of their own; the controller's own tags do not count. */
export const newestPushed = async (
  ecr: Pick<ECRClient, 'send'>,
  repository: string,
): Promise<{ readonly digest: string; readonly tag: string; readonly pushedAt: string } | undefined> => {
  let newest: { readonly digest: string; readonly tag: string; readonly pushedAt: string } | undefined;
  let nextToken: string | undefined;
  do {
    const page = await ecr.send(
      new DescribeImagesCommand({ repositoryName: repository, filter: { tagStatus: 'TAGGED' }, nextToken }),
    );
    for (const { imageDigest, imageTags, imagePushedAt } of page.imageDetails ?? []) {
      const tag = imageTags?.find((each) => !isKeepTag(each));
      const pushedAt = imagePushedAt?.toISOString();
      if (imageDigest && tag && pushedAt && (!newest || pushedAt > newest.pushedAt)) {
        newest = { digest: imageDigest, tag, pushedAt };
      }
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return newest;
};
