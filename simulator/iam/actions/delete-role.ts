import type { ActionDefinition } from '../../cloud/service.ts';
import { deleteConflict, onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const deleteRole: ActionDefinition<IamService, { readonly RoleName: string }> = {
  permissions: onRole('DeleteRole'),
  run: (iam, input) => {
    const role = iam.role(input.RoleName);
    if (role.inlinePolicies.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
    if (role.attachedPolicyArns.size > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
    if ([...iam.instanceProfiles.values()].some((profile) => profile.roleName === role.name))
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
    iam.roles.delete(role.name);
    iam.policiesChanged(role.name);
  },
};
