import type { ActionDefinition } from '../../cloud/service.ts';
import { onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';
import { compilePolicy } from '../policy.ts';

export const updateAssumeRolePolicy: ActionDefinition<
  IamService,
  { readonly RoleName: string; readonly PolicyDocument: string }
> = {
  permissions: onRole('UpdateAssumeRolePolicy'),
  run: (iam, input) => {
    const role = iam.role(input.RoleName);
    compilePolicy(input.PolicyDocument, 'trust policy', 'trust');
    role.trustPolicy = input.PolicyDocument;
  },
};
