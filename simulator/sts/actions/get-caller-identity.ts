import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { nameOfArn } from '../../iam/arn.ts';
import type { StsService } from '../sts-service.ts';

export const getCallerIdentity: ActionDefinition<StsService, GetCallerIdentityRequest, GetCallerIdentityResponse> = {
  // Needs no permission (STS API reference, GetCallerIdentity).
  permissions: () => [],
  run: (sts, _input, { caller }) => {
    if (caller.kind === 'service')
      throw new AwsError('AccessDenied', 'AWS services have no identity.', { status: 403 });
    const roleId = caller.kind === 'role' ? sts.iam.roleByArn(caller.roleArn)?.id : undefined;
    return {
      UserId:
        caller.kind === 'role'
          ? `${roleId ?? 'AROA'}:${caller.sessionName}`
          : `AIDA${nameOfArn(caller.arn).toUpperCase()}`,
      Account: sts.ctx.accountId,
      Arn: caller.arn,
    };
  },
};
