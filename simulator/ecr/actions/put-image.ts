import type { PutImageRequest, PutImageResponse } from '@aws-sdk/client-ecr';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { digestOf } from '../digest.ts';
import type { EcrService } from '../ecr-service.ts';
import { onRepository } from './on-repository.ts';

/** Puts a manifest whose layers are there: how an image gets another tag. */
export const putImage: ActionDefinition<EcrService, PutImageRequest, PutImageResponse> = {
  ...onRepository('PutImage'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const bytes = new TextEncoder().encode(input.imageManifest ?? '');
    const digest = digestOf(bytes);
    const { imageTag } = input;
    if (input.imageDigest !== undefined && input.imageDigest !== digest)
      throw new AwsError(
        'ImageDigestDoesNotMatchException',
        `The provided digest '${input.imageDigest}' does not match the manifest's digest '${digest}'`,
      );
    const isKnown = repository.images.has(digest);
    if (isKnown && (imageTag === undefined || repository.imageTags.get(imageTag) === digest))
      throw new AwsError(
        'ImageAlreadyExistsException',
        `Image with digest '${digest}' and tag '${imageTag ?? 'null'}' already exists in the repository with name '${repository.name}' in registry with id '${service.ctx.accountId}'`,
      );
    const image = service.putManifest(repository, bytes, input.imageManifestMediaType, imageTag);
    return {
      image: {
        registryId: service.ctx.accountId,
        repositoryName: repository.name,
        imageId: { imageDigest: image.digest, ...(imageTag === undefined ? {} : { imageTag }) },
        imageManifest: input.imageManifest,
        imageManifestMediaType: image.mediaType,
      },
    };
  },
};
