import type { ActionDefinition } from '../../cloud/service.ts';
import { onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const attachRolePolicy: ActionDefinition<IamService, { readonly RoleName: string; readonly PolicyArn: string }> =
  {
    partly: 'policies of AWS beyond those that our templates use',
    permissions: (iam, input) =>
      onRole('AttachRolePolicy')(iam, input).map((permission) => ({
        ...permission,
        context: { 'iam:PolicyARN': input.PolicyArn },
      })),
    run: (iam, input) => {
      const role = iam.role(input.RoleName);
      iam.managedPolicyDocument(input.PolicyArn);
      role.attachedPolicyArns.add(input.PolicyArn);
      iam.policiesChanged(role.name);
    },
  };
