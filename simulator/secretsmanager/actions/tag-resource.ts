import type { TagResourceRequest } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { onSecret } from './on-secret.ts';

export const tagResource: ActionDefinition<SecretsManagerService, TagResourceRequest, void> = {
  ...onSecret('TagResource'),
  run: (service, input) => {
    const { tags } = service.secret(input.SecretId);
    for (const { Key = '', Value = '' } of input.Tags ?? []) tags.set(Key, Value);
  },
};
