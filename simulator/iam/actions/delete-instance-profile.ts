import type { ActionDefinition } from '../../cloud/service.ts';
import { deleteConflict, findInstanceProfile, onInstanceProfile } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const deleteInstanceProfile: ActionDefinition<IamService, { readonly InstanceProfileName: string }> = {
  permissions: onInstanceProfile('DeleteInstanceProfile'),
  run: (iam, input) => {
    const profile = findInstanceProfile(iam, input.InstanceProfileName);
    if (profile.roleName !== undefined)
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    iam.instanceProfiles.delete(profile.name);
  },
};
