import type { PutImageScanningConfigurationRequest, PutImageScanningConfigurationResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { onRepository } from './on-repository.ts';

export const putImageScanningConfiguration: ActionDefinition<
  EcrService,
  PutImageScanningConfigurationRequest,
  PutImageScanningConfigurationResponse
> = {
  ...onRepository('PutImageScanningConfiguration'),
  run: (service, input) => {
    const repository = service.repository(input.repositoryName, input.registryId);
    repository.scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
    return {
      registryId: service.ctx.accountId,
      repositoryName: repository.name,
      imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    };
  },
};
