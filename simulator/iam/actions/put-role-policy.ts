import type { ActionDefinition } from '../../cloud/service.ts';
import { checkName, onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';
import { compilePolicy } from '../policy.ts';

export interface PutRolePolicyRequest {
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export const putRolePolicy: ActionDefinition<IamService, PutRolePolicyRequest> = {
  permissions: onRole('PutRolePolicy'),
  run: (iam, input) => {
    const role = iam.role(input.RoleName);
    const policyName = checkName('policyName', input.PolicyName, 128);
    compilePolicy(input.PolicyDocument, policyName, 'identity');
    role.inlinePolicies.set(policyName, input.PolicyDocument);
    iam.policiesChanged(role.name);
  },
};
