import type { ActionDefinition } from '../../cloud/service.ts';
import { noSuchEntity, onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const deleteRolePolicy: ActionDefinition<
  IamService,
  { readonly RoleName: string; readonly PolicyName: string }
> = {
  permissions: onRole('DeleteRolePolicy'),
  run: (iam, input) => {
    const role = iam.role(input.RoleName);
    if (!role.inlinePolicies.delete(input.PolicyName))
      throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
    iam.policiesChanged(role.name);
  },
};
