import type { ActionDefinition } from '../../cloud/service.ts';
import { onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const updateRole: ActionDefinition<
  IamService,
  { readonly RoleName: string; readonly Description?: string; readonly MaxSessionDuration?: number }
> = {
  permissions: onRole('UpdateRole'),
  run: (iam, input) => {
    const role = iam.role(input.RoleName);
    if (input.Description !== undefined) role.description = input.Description;
    if (input.MaxSessionDuration !== undefined) role.maxSessionSeconds = input.MaxSessionDuration;
  },
};
