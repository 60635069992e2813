import type { ActionDefinition } from '../../cloud/service.ts';
import { noSuchEntity, onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const detachRolePolicy: ActionDefinition<IamService, { readonly RoleName: string; readonly PolicyArn: string }> =
  {
    permissions: (iam, input) =>
      onRole('DetachRolePolicy')(iam, input).map((permission) => ({
        ...permission,
        context: { 'iam:PolicyARN': input.PolicyArn },
      })),
    run: (iam, input) => {
      const role = iam.role(input.RoleName);
      if (!role.attachedPolicyArns.delete(input.PolicyArn))
        throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
      iam.policiesChanged(role.name);
    },
  };
