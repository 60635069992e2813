import type { DescribeImageScanFindingsRequest, DescribeImageScanFindingsResponse } from '@aws-sdk/client-ecr';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { findingsView, scanText } from '../scan-view.ts';
import { onRepository } from './on-repository.ts';
import { page } from './page.ts';

export const describeImageScanFindings: ActionDefinition<
  EcrService,
  DescribeImageScanFindingsRequest,
  DescribeImageScanFindingsResponse
> = {
  ...onRepository('DescribeImageScanFindings'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const id = input.imageId ?? {};
    const image = service.image(repository, id);
    const { scan } = image;
    if (!scan)
      throw new AwsError(
        'ScanNotFoundException',
        `Image scan does not exist for the image with '{imageDigest:'${image.digest}', imageTag:'${id.imageTag ?? 'null'}'}' in the repository with name '${repository.name}' in the registry with id '${service.ctx.accountId}'`,
      );
    const { status, completedMs } = scan;
    const { items, nextToken } = page(scan.findings, input.maxResults, input.nextToken);
    return {
      registryId: service.ctx.accountId,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, ...(id.imageTag === undefined ? {} : { imageTag: id.imageTag }) },
      imageScanStatus: { status, description: scanText(status) },
      ...(completedMs === undefined
        ? {}
        : { imageScanFindings: findingsView(repository, image, { ...scan, completedMs }, items) }),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
};
