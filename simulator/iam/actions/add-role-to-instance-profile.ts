import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { findInstanceProfile, onInstanceProfile } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const addRoleToInstanceProfile: ActionDefinition<
  IamService,
  { readonly InstanceProfileName: string; readonly RoleName: string }
> = {
  permissions: onInstanceProfile('AddRoleToInstanceProfile'),
  run: (iam, input) => {
    const profile = findInstanceProfile(iam, input.InstanceProfileName);
    const role = iam.role(input.RoleName);
    if (profile.roleName !== undefined)
      throw new AwsError('LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1', {
        status: 409,
      });
    profile.roleName = role.name;
  },
};
