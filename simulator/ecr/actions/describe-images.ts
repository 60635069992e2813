import type { DescribeImagesRequest, DescribeImagesResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { onRepository } from './on-repository.ts';
import { page } from './page.ts';

export const describeImages: ActionDefinition<EcrService, DescribeImagesRequest, DescribeImagesResponse> = {
  ...onRepository('DescribeImages'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const status = input.filter?.tagStatus ?? 'ANY';
    const found = input.imageIds?.length
      ? [...new Set(input.imageIds.map((id) => service.image(repository, id)))]
      : [...repository.images.values()].filter((image) => {
          const isTagged = service.tagsOf(repository, image).length > 0;
          return status === 'ANY' || (status === 'TAGGED') === isTagged;
        });
    const { items, nextToken } = page(found, input.maxResults, input.nextToken);
    return { imageDetails: items.map((image) => service.detail(repository, image)), nextToken };
  },
};
