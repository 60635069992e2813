import type { GetSessionTokenRequest, GetSessionTokenResponse } from '@aws-sdk/client-sts';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StsService } from '../sts-service.ts';

const defaultSeconds = 43_200;

export const getSessionToken: ActionDefinition<StsService, GetSessionTokenRequest, GetSessionTokenResponse> = {
  refuses: ['MinimumSessionTokenSize', 'SerialNumber', 'TokenCode'],
  permissions: () => [],
  run: (sts, input, { caller }) => {
    if (caller.kind !== 'operator')
      throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', { status: 403 });
    const keys = sts.keep(caller, (input.DurationSeconds ?? defaultSeconds) * 1_000);
    return {
      Credentials: {
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        SessionToken: keys.sessionToken,
        Expiration: keys.expiration,
      },
    };
  },
};
