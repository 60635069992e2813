import type { GetSecretValueRequest, GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import type { ActionDefinition } from '../../cloud/service.ts';
import { invalidParameter, noValue } from '../errors.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { onSecret } from './on-secret.ts';

export const getSecretValue: ActionDefinition<SecretsManagerService, GetSecretValueRequest, GetSecretValueResponse> = {
  ...onSecret('GetSecretValue'),
  run: (service, input) => {
    const secret = service.secret(input.SecretId);
    const { VersionId: id, VersionStage: stage } = input;
    const version = id === undefined ? secret.staged(stage ?? 'AWSCURRENT') : secret.versions.get(id);
    if (!version) throw noValue(id === undefined ? `staging label: ${stage ?? 'AWSCURRENT'}` : `VersionId: ${id}`);
    if (id !== undefined && stage !== undefined && !version.stages.has(stage))
      throw invalidParameter('You provided a VersionStage that is not associated to the provided VersionId.');
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      ...(version.binary ? { SecretBinary: Uint8Array.from(version.binary) } : { SecretString: version.text }),
      VersionStages: [...version.stages],
      CreatedDate: new Date(version.createdMs),
    };
  },
};
