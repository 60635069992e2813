import type { DeleteSecretRequest, DeleteSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import { invalidParameter } from '../errors.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { onSecret } from './on-secret.ts';

const dayMs = 86_400_000;

export const deleteSecret: ActionDefinition<SecretsManagerService, DeleteSecretRequest, DeleteSecretResponse> = {
  ...onSecret('DeleteSecret'),
  run: (service, input) => {
    const { kernel } = service.ctx;
    const secret = service.secret(input.SecretId, 'may-be-deleted');
    const force = input.ForceDeleteWithoutRecovery ?? false;
    const days = input.RecoveryWindowInDays;
    if (force && days !== undefined)
      throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    if (days !== undefined && (days < 7 || days > 30))
      throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
    const nowMs = kernel.now();
    const deletionMs = force ? nowMs : nowMs + (days ?? 30) * dayMs;
    const answer = { ARN: secret.arn, Name: secret.name, DeletionDate: new Date(deletionMs) };
    if (force) {
      service.secrets.delete(secret.name);
      return answer;
    }
    secret.deletionMs = deletionMs;
    secret.deletedMs = nowMs;
    kernel.after(deletionMs - nowMs, 'secretsmanager.delete', () => {
      // A secret that was restored, or deleted again since, has another date or none.
      if (secret.deletionMs === deletionMs && service.secrets.get(secret.name) === secret)
        service.secrets.delete(secret.name);
    });
    return answer;
  },
};
