import type { StartImageScanRequest, StartImageScanResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { scanText } from '../scan-view.ts';
import { onRepository } from './on-repository.ts';

export const startImageScan: ActionDefinition<EcrService, StartImageScanRequest, StartImageScanResponse> = {
  ...onRepository('StartImageScan'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    const image = service.image(repository, input.imageId ?? {});
    service.scanner.start(repository, image);
    return {
      registryId: service.ctx.accountId,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, ...input.imageId },
      imageScanStatus: { status: 'IN_PROGRESS', description: scanText('IN_PROGRESS') },
    };
  },
};
