import type { ImageIdentifier, ListImagesRequest, ListImagesResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { onRepository } from './on-repository.ts';
import { page } from './page.ts';

export const listImages: ActionDefinition<EcrService, ListImagesRequest, ListImagesResponse> = {
  ...onRepository('ListImages'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const status = input.filter?.tagStatus ?? 'ANY';
    const ids = [...repository.images.values()].flatMap((image): ImageIdentifier[] => {
      const tags = service.tagsOf(repository, image);
      if (tags.length === 0) return status === 'TAGGED' ? [] : [{ imageDigest: image.digest }];
      return status === 'UNTAGGED' ? [] : tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }));
    });
    const { items, nextToken } = page(ids, input.maxResults, input.nextToken);
    return { imageIds: [...items], nextToken };
  },
};
