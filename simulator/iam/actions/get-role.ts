import type { ActionDefinition } from '../../cloud/service.ts';
import { roleAnswer } from '../answers.ts';
import { onRole } from '../entities.ts';
import type { Role } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';

export const getRole: ActionDefinition<IamService, { readonly RoleName: string }, { readonly Role: Role }> = {
  permissions: onRole('GetRole'),
  run: (iam, input) => ({ Role: roleAnswer(iam.role(input.RoleName)) }),
};
