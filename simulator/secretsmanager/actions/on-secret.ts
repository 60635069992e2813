import type { Permission } from '../../cloud/service.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';

/** The permission of an action on the secret that the request names. */
export const onSecret = (
  action: string,
): {
  readonly permissions: (
    service: SecretsManagerService,
    input: { readonly SecretId?: string | undefined },
  ) => readonly Permission[];
} => ({ permissions: (service, input) => service.onSecret(action, input.SecretId) });
