import type { ActionDefinition } from '../../cloud/service.ts';
import { roleAnswer, tagRecord } from '../answers.ts';
import { alreadyExists, checkName, entityArn, entityId, onRole } from '../entities.ts';
import type { Role, Tag } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';
import { compilePolicy } from '../policy.ts';
import type { RoleState } from '../state.ts';

export interface CreateRoleRequest {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
  readonly Tags?: readonly Tag[];
}

export const createRole: ActionDefinition<IamService, CreateRoleRequest, { readonly Role: Role }> = {
  refuses: ['PermissionsBoundary'],
  permissions: onRole('CreateRole'),
  run: (iam, input) => {
    const name = checkName('roleName', input.RoleName, 64);
    if (iam.roles.has(name)) throw alreadyExists(`Role with name ${name} already exists.`);
    compilePolicy(input.AssumeRolePolicyDocument, 'trust policy', 'trust');
    const path = input.Path ?? '/';
    const role: RoleState = {
      name,
      path,
      arn: entityArn(iam, 'role', path, name),
      id: entityId(iam, 'role'),
      createdMs: iam.ctx.kernel.now(),
      description: input.Description,
      maxSessionSeconds: input.MaxSessionDuration ?? 3_600,
      trustPolicy: input.AssumeRolePolicyDocument,
      inlinePolicies: new Map(),
      attachedPolicyArns: new Set(),
      tags: tagRecord(input.Tags),
    };
    iam.roles.set(name, role);
    iam.policiesChanged(name);
    return { Role: roleAnswer(role) };
  },
};
