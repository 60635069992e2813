import type { ActionDefinition } from '../../cloud/service.ts';
import { roleAnswer } from '../answers.ts';
import type { Role } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';

/** All in one page: the local account holds tens of roles, and the API allows 1,000 in a page. */
export const listRoles: ActionDefinition<
  IamService,
  { readonly PathPrefix?: string },
  { readonly Roles: readonly Role[]; readonly IsTruncated: boolean }
> = {
  refuses: ['Marker', 'MaxItems'],
  run: (iam, input) => ({
    Roles: [...iam.roles.values()].filter((role) => role.path.startsWith(input.PathPrefix ?? '/')).map(roleAnswer),
    IsTruncated: false,
  }),
};
