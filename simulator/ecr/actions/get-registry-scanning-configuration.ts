import type { GetRegistryScanningConfigurationResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';

export const getRegistryScanningConfiguration: ActionDefinition<
  EcrService,
  object,
  GetRegistryScanningConfigurationResponse
> = {
  run: (service) => ({
    registryId: service.ctx.accountId,
    scanningConfiguration: structuredClone(service.scanner.configuration),
  }),
};
