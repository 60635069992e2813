import type {
  BatchGetImageRequest,
  BatchGetImageResponse,
  ImageFailure,
  Image as ImageView,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { invalidParameter } from '../errors.ts';
import { onRepository } from './on-repository.ts';

export const batchGetImage: ActionDefinition<EcrService, BatchGetImageRequest, BatchGetImageResponse> = {
  ...onRepository('BatchGetImage'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const ids = input.imageIds ?? [];
    if (ids.length === 0 || ids.length > 100)
      throw invalidParameter(
        "Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length between 1 and 100, inclusive'",
      );
    const images: ImageView[] = [];
    const failures: ImageFailure[] = [];
    for (const id of ids) {
      try {
        const image = service.image(repository, id);
        images.push({
          registryId: service.ctx.accountId,
          repositoryName: repository.name,
          imageId: { imageDigest: image.digest, ...(id.imageTag === undefined ? {} : { imageTag: id.imageTag }) },
          imageManifest: new TextDecoder().decode(image.manifest),
          imageManifestMediaType: image.mediaType,
        });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        failures.push({ imageId: { ...id }, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
      }
    }
    return { images, failures };
  },
};
