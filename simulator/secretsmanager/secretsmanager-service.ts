import type { ActionDefinition, Permission, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { createSecret } from './actions/create-secret.ts';
import { deleteSecret } from './actions/delete-secret.ts';
import { describeSecret } from './actions/describe-secret.ts';
import { getRandomPassword } from './actions/get-random-password.ts';
import { getSecretValue } from './actions/get-secret-value.ts';
import { listSecrets } from './actions/list-secrets.ts';
import { putSecretValue } from './actions/put-secret-value.ts';
import { restoreSecret } from './actions/restore-secret.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import { updateSecret } from './actions/update-secret.ts';
import { invalidParameter, invalidRequest, noSecret } from './errors.ts';
import type { Secret } from './secret.ts';

/** AWS Secrets Manager without rotation, replicas and resource policies. */
export class SecretsManagerService implements SimulatedService {
  readonly name = 'secretsmanager';
  readonly ctx: ServiceContext;
  readonly secrets = new Map<string, Secret>();

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<SecretsManagerService, any, any>>> = {
    CreateSecret: createSecret,
    DeleteSecret: deleteSecret,
    DescribeSecret: describeSecret,
    GetRandomPassword: getRandomPassword,
    GetSecretValue: getSecretValue,
    ListSecrets: listSecrets,
    PutSecretValue: putSecretValue,
    RestoreSecret: restoreSecret,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateSecret: updateSecret,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
  }

  arnPrefixOf(name: string): string {
    return `arn:aws:secretsmanager:${this.ctx.region}:${this.ctx.accountId}:secret:${name}`;
  }

  /** A secret by its name, its ARN, or its ARN without the six characters that make it unique. */
  find(id: string | undefined): Secret | undefined {
    if (!id) return undefined;
    if (!id.startsWith('arn:')) return this.secrets.get(id);
    return [...this.secrets.values()].find(({ arn }) => arn === id || arn.slice(0, -7) === id);
  }

  /** @throws AwsError where there is none, or where its deletion is pending and `deleted` does not say that it may be */
  secret(id: string | undefined, deleted: 'may-be-deleted' | 'live' = 'live'): Secret {
    if (!id) throw invalidParameter('You must provide a value for the SecretId parameter.');
    const secret = this.find(id);
    if (!secret) throw noSecret();
    if (secret.deletionMs !== undefined && deleted === 'live')
      throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
    return secret;
  }

  onSecret(action: string, id: string | undefined): readonly Permission[] {
    const arn = this.find(id)?.arn ?? (id?.startsWith('arn:') ? id : this.arnPrefixOf(id ?? ''));
    return [{ action: `secretsmanager:${action}`, resource: arn }];
  }

  /** Adds a value to a secret. A client's token is the id of the version, so that a repeated request adds none. */
  addVersion(
    secret: Secret,
    value: { readonly text: string | undefined; readonly binary: Uint8Array | undefined },
    token: string | undefined,
    stages: readonly string[] = ['AWSCURRENT'],
  ): string {
    const known = token === undefined ? undefined : secret.versions.get(token);
    if (known) {
      if (known.text !== value.text || !Buffer.from(known.binary ?? []).equals(value.binary ?? new Uint8Array()))
        throw invalidRequest("You can't modify an existing version, you can only create a new version.");
      return known.id;
    }
    const id = token ?? this.ctx.kernel.uuid('secretsmanager.version-id');
    secret.add({
      id,
      text: value.text,
      binary: value.binary && Uint8Array.from(value.binary),
      createdMs: this.ctx.kernel.now(),
      stages: new Set(stages),
    });
    return id;
  }
}
