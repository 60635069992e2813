import type { UpdateSecretRequest, UpdateSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { onSecret } from './on-secret.ts';

export const updateSecret: ActionDefinition<SecretsManagerService, UpdateSecretRequest, UpdateSecretResponse> = {
  refuses: ['Type'],
  ...onSecret('UpdateSecret'),
  run: (service, input) => {
    const secret = service.secret(input.SecretId);
    secret.description = input.Description ?? secret.description;
    secret.kmsKeyId = input.KmsKeyId ?? secret.kmsKeyId;
    secret.changedMs = service.ctx.kernel.now();
    const answer = { ARN: secret.arn, Name: secret.name };
    if (input.SecretString === undefined && input.SecretBinary === undefined) return answer;
    const value = { text: input.SecretString, binary: input.SecretBinary };
    return { ...answer, VersionId: service.addVersion(secret, value, input.ClientRequestToken) };
  },
};
