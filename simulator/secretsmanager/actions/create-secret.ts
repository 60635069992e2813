import type { CreateSecretRequest, CreateSecretResponse } from '@aws-sdk/client-secrets-manager';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { invalidParameter, invalidRequest, secretExists } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';

export const createSecret: ActionDefinition<SecretsManagerService, CreateSecretRequest, CreateSecretResponse> = {
  refuses: ['ForceOverwriteReplicaSecret', 'Type'],
  partly: 'replicas',
  permissions: (service, input) => [
    { action: 'secretsmanager:CreateSecret', resource: service.arnPrefixOf(input.Name ?? '') },
  ],
  run: (service, input) => {
    const { kernel } = service.ctx;
    const name = input.Name;
    if (!name || !/^[\w/+=.@!-]{1,512}$/.test(name))
      throw invalidParameter(
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    if (input.AddReplicaRegions?.length) throw notModelled('replicas of secrets');
    const existing = service.secrets.get(name);
    if (existing?.deletionMs !== undefined)
      throw invalidRequest(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    if (existing) {
      const token = input.ClientRequestToken;
      if (token === undefined || !existing.versions.has(token)) throw secretExists(name);
    }
    const secret =
      existing ?? new Secret(name, `${service.arnPrefixOf(name)}-${kernel.hex('secretsmanager.arn', 6)}`, kernel.now());
    secret.description = input.Description;
    secret.kmsKeyId = input.KmsKeyId;
    for (const { Key = '', Value = '' } of input.Tags ?? []) secret.tags.set(Key, Value);
    service.secrets.set(name, secret);
    const { SecretString: text, SecretBinary: binary } = input;
    if (text === undefined && binary === undefined) return { ARN: secret.arn, Name: name };
    const version = service.addVersion(secret, { text, binary }, input.ClientRequestToken);
    return { ARN: secret.arn, Name: name, VersionId: version };
  },
};
