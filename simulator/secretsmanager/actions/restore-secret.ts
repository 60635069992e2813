import type { RestoreSecretRequest, RestoreSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { onSecret } from './on-secret.ts';

export const restoreSecret: ActionDefinition<SecretsManagerService, RestoreSecretRequest, RestoreSecretResponse> = {
  ...onSecret('RestoreSecret'),
  run: (service, input) => {
    const secret = service.secret(input.SecretId, 'may-be-deleted');
    secret.deletionMs = undefined;
    secret.deletedMs = undefined;
    return { ARN: secret.arn, Name: secret.name };
  },
};
