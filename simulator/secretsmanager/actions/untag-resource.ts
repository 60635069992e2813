import type { UntagResourceRequest } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { onSecret } from './on-secret.ts';

export const untagResource: ActionDefinition<SecretsManagerService, UntagResourceRequest, void> = {
  ...onSecret('UntagResource'),
  run: (service, input) => {
    const { tags } = service.secret(input.SecretId);
    for (const key of input.TagKeys ?? []) tags.delete(key);
  },
};
