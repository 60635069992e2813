import type { ActionDefinition } from '../../cloud/service.ts';
import { noSuchEntity, onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const getRolePolicy: ActionDefinition<
  IamService,
  { readonly RoleName: string; readonly PolicyName: string },
  { readonly RoleName: string; readonly PolicyName: string; readonly PolicyDocument: string }
> = {
  permissions: onRole('GetRolePolicy'),
  run: (iam, input) => {
    const role = iam.role(input.RoleName);
    const document = role.inlinePolicies.get(input.PolicyName);
    if (document === undefined) throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
    return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encodeURIComponent(document) };
  },
};
