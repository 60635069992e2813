import { AwsError } from '../cloud/aws-error.ts';
import type { Permission } from '../cloud/service.ts';
import type { IamService } from './iam-service.ts';
import type { InstanceProfileState, PolicyState } from './state.ts';

export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, { status: 404 });

export const alreadyExists = (message: string): AwsError =>
  new AwsError('EntityAlreadyExists', message, { status: 409 });

export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', message, { status: 409 });

const prefixes = { role: 'AROA', policy: 'ANPA', 'instance-profile': 'AIPA' };

export type EntityKind = keyof typeof prefixes;

export const entityArn = (iam: IamService, kind: EntityKind, path: string, name: string): string =>
  `arn:aws:iam::${iam.ctx.accountId}:${kind}${path}${name}`;

/** A unique id as IAM makes them: a prefix for the kind and 17 capitals and digits. */
export const entityId = (iam: IamService, kind: EntityKind): string =>
  `${prefixes[kind]}${iam.ctx.kernel.hex('iam-id', 17).toUpperCase()}`;

/** @throws AwsError `ValidationError` */
export const checkName = (field: string, value: string | undefined, maxLength: number): string => {
  if (value === undefined || value === '')
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value null at '${field}' failed to satisfy constraint: Member must not be null`,
    );
  if (value.length > maxLength)
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value at '${field}' failed to satisfy constraint: Member must have length less than or equal to ${maxLength}`,
    );
  if (!/^[\w+=,.@-]+$/.test(value))
    throw new AwsError(
      'ValidationError',
      `The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  return value;
};

/** @throws AwsError `NoSuchEntity` */
export const findPolicy = (iam: IamService, policyArn: string): PolicyState => {
  const policy = iam.policies.get(policyArn);
  if (!policy) throw noSuchEntity(`Policy ${policyArn} was not found.`);
  return policy;
};

/** @throws AwsError `NoSuchEntity` */
export const findInstanceProfile = (iam: IamService, name: string): InstanceProfileState => {
  const profile = iam.instanceProfiles.get(name);
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
};

/** What an action on one role asks for. */
export const onRole =
  (action: string) =>
  (iam: IamService, input: { readonly RoleName: string }): readonly Permission[] => [
    {
      action: `iam:${action}`,
      resource: iam.roles.get(input.RoleName)?.arn ?? entityArn(iam, 'role', '/', input.RoleName),
    },
  ];

/** What an action on one customer managed policy asks for. */
export const onPolicy =
  (action: string) =>
  (_iam: IamService, input: { readonly PolicyArn: string }): readonly Permission[] => [
    { action: `iam:${action}`, resource: input.PolicyArn },
  ];

/** What an action on one instance profile asks for. */
export const onInstanceProfile =
  (action: string) =>
  (iam: IamService, input: { readonly InstanceProfileName: string }): readonly Permission[] => [
    {
      action: `iam:${action}`,
      resource:
        iam.instanceProfiles.get(input.InstanceProfileName)?.arn ??
        entityArn(iam, 'instance-profile', '/', input.InstanceProfileName),
    },
  ];
