import type { DescribeSecretRequest, DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { Secret } from '../secret.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { onSecret } from './on-secret.ts';

export const describeSecret: ActionDefinition<SecretsManagerService, DescribeSecretRequest, DescribeSecretResponse> = {
  ...onSecret('DescribeSecret'),
  run: (service, input) => {
    const secret = service.secret(input.SecretId, 'may-be-deleted');
    return { ...describe(secret), VersionIdsToStages: secret.versionsToStages() };
  },
};

/** What DescribeSecret and ListSecrets say alike. */
export const describe = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  ...(secret.description === undefined ? {} : { Description: secret.description }),
  ...(secret.kmsKeyId === undefined ? {} : { KmsKeyId: secret.kmsKeyId }),
  LastChangedDate: new Date(secret.changedMs),
  ...(secret.deletedMs === undefined ? {} : { DeletedDate: new Date(secret.deletedMs) }),
  ...(secret.tags.size > 0 ? { Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })) } : {}),
  CreatedDate: new Date(secret.createdMs),
});
