import type {
  BatchDeleteImageRequest,
  BatchDeleteImageResponse,
  ImageFailure,
  ImageIdentifier,
} from '@aws-sdk/client-ecr';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { referencedDigests } from '../manifest-lists.ts';
import { onRepository } from './on-repository.ts';

export const batchDeleteImage: ActionDefinition<EcrService, BatchDeleteImageRequest, BatchDeleteImageResponse> = {
  ...onRepository('BatchDeleteImage'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const imageIds: ImageIdentifier[] = [];
    const failures: ImageFailure[] = [];
    for (const id of input.imageIds ?? []) {
      const lists = referencedDigests(repository).get(id.imageDigest ?? '');
      if (lists) {
        failures.push({
          imageId: { ...id },
          failureCode: 'ImageReferencedByManifestList',
          failureReason: `Requested image referenced by manifest list: [${lists.join(', ')}]`,
        });
        continue;
      }
      try {
        imageIds.push(...service.deleteImage(repository, id));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        failures.push({ imageId: { ...id }, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
      }
    }
    return { imageIds, failures };
  },
};
