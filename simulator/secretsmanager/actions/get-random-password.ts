import type { GetRandomPasswordRequest, GetRandomPasswordResponse } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import { randomPassword } from '../random-password.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';

export const getRandomPassword: ActionDefinition<
  SecretsManagerService,
  GetRandomPasswordRequest,
  GetRandomPasswordResponse
> = {
  run: (service, input) => ({ RandomPassword: randomPassword(service.ctx.kernel, input) }),
};
