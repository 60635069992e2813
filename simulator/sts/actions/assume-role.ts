import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StsService } from '../sts-service.ts';
import { sessionArn } from '../sts-service.ts';

const defaultSeconds = 3_600;
const minimumSeconds = 900;

export const assumeRole: ActionDefinition<StsService, AssumeRoleRequest, AssumeRoleResponse> = {
  refuses: [
    'ExternalId',
    'MinimumSessionTokenSize',
    'ProvidedContexts',
    'SerialNumber',
    'SourceIdentity',
    'Tags',
    'TokenCode',
    'TransitiveTagKeys',
  ],
  partly: 'session policies',
  // The trust policy decides together with the caller's own policies, which is asked below.
  permissions: () => [],
  run: (sts, input, { caller }) => {
    const roleArn = input.RoleArn ?? '';
    const sessionName = input.RoleSessionName ?? '';
    if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
      throw new AwsError(
        'ValidationError',
        `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
      );
    if (input.Policy || input.PolicyArns?.length) throw notModelled('session policies of sts:AssumeRole');
    const role = sts.iam.roleByArn(roleArn);
    if (!role) {
      const who = caller.kind === 'service' ? caller.principal : caller.arn;
      throw new AwsError(
        'AccessDenied',
        `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
        { status: 403 },
      );
    }
    const seconds = input.DurationSeconds ?? defaultSeconds;
    if (seconds < minimumSeconds)
      throw new AwsError(
        'ValidationError',
        `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${minimumSeconds}`,
      );
    if (seconds > role.maxSessionSeconds)
      throw new AwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    sts.iam.assertAssumable(caller, role);
    const session = sts.issue(role.arn, sessionName, seconds * 1_000);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: session.sessionToken,
        Expiration: session.expiration,
      },
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${sessionName}`,
        Arn: sessionArn(sts.ctx.accountId, role.arn, sessionName),
      },
    };
  },
};
