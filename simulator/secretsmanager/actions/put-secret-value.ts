import type { PutSecretValueRequest, PutSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import { invalidParameter } from '../errors.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { onSecret } from './on-secret.ts';

export const putSecretValue: ActionDefinition<SecretsManagerService, PutSecretValueRequest, PutSecretValueResponse> = {
  refuses: ['RotationToken'],
  ...onSecret('PutSecretValue'),
  run: (service, input) => {
    const secret = service.secret(input.SecretId);
    if ((input.SecretString === undefined) === (input.SecretBinary === undefined))
      throw invalidParameter('You must provide either SecretString or SecretBinary.');
    const stages = input.VersionStages ?? ['AWSCURRENT'];
    const id = service.addVersion(
      secret,
      { text: input.SecretString, binary: input.SecretBinary },
      input.ClientRequestToken,
      // The first value of a secret is always the current one.
      secret.versions.size === 0 ? [...new Set([...stages, 'AWSCURRENT'])] : stages,
    );
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      VersionStages: [...(secret.versions.get(id)?.stages ?? [])],
    };
  },
};
