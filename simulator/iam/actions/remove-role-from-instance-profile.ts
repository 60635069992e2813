import type { ActionDefinition } from '../../cloud/service.ts';
import { findInstanceProfile, noSuchEntity, onInstanceProfile } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const removeRoleFromInstanceProfile: ActionDefinition<
  IamService,
  { readonly InstanceProfileName: string; readonly RoleName: string }
> = {
  permissions: onInstanceProfile('RemoveRoleFromInstanceProfile'),
  run: (iam, input) => {
    const profile = findInstanceProfile(iam, input.InstanceProfileName);
    if (profile.roleName !== input.RoleName)
      throw noSuchEntity(`The role with name ${input.RoleName} cannot be found.`);
    profile.roleName = undefined;
  },
};
