import type { ActionDefinition } from '../../cloud/service.ts';
import { onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const listRolePolicies: ActionDefinition<
  IamService,
  { readonly RoleName: string },
  { readonly PolicyNames: readonly string[]; readonly IsTruncated: boolean }
> = {
  refuses: ['Marker', 'MaxItems'],
  permissions: onRole('ListRolePolicies'),
  run: (iam, input) => ({ PolicyNames: [...iam.role(input.RoleName).inlinePolicies.keys()], IsTruncated: false }),
};
