import type { GetAuthorizationTokenRequest, GetAuthorizationTokenResponse } from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';

const lifetimeMs = 12 * 3_600_000;

export const getAuthorizationToken: ActionDefinition<
  EcrService,
  GetAuthorizationTokenRequest,
  GetAuthorizationTokenResponse
> = {
  refuses: ['registryIds'],
  run: (service) => {
    const { kernel, accountId, region } = service.ctx;
    const password = kernel.hex('ecr-token', 64);
    return {
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'),
          expiresAt: new Date(kernel.now() + lifetimeMs),
          proxyEndpoint: `https://${accountId}.dkr.ecr.${region}.amazonaws.com`,
        },
      ],
    };
  },
};
