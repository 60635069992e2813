import type { ActionDefinition } from '../../cloud/service.ts';
import { onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const untagRole: ActionDefinition<
  IamService,
  { readonly RoleName: string; readonly TagKeys: readonly string[] }
> = {
  permissions: onRole('UntagRole'),
  run: (iam, input) => {
    const role = iam.role(input.RoleName);
    role.tags = Object.fromEntries(Object.entries(role.tags).filter(([key]) => !input.TagKeys.includes(key)));
  },
};
