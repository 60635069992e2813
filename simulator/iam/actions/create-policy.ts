import type { ActionDefinition } from '../../cloud/service.ts';
import { policyAnswer } from '../answers.ts';
import { alreadyExists, checkName, entityArn, entityId } from '../entities.ts';
import type { Policy } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';
import { compilePolicy } from '../policy.ts';
import type { PolicyState } from '../state.ts';

export interface CreatePolicyRequest {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
  readonly Path?: string;
  readonly Description?: string;
}

export const createPolicy: ActionDefinition<IamService, CreatePolicyRequest, { readonly Policy: Policy }> = {
  permissions: (iam, input) => [
    { action: 'iam:CreatePolicy', resource: entityArn(iam, 'policy', input.Path ?? '/', input.PolicyName) },
  ],
  run: (iam, input) => {
    const name = checkName('policyName', input.PolicyName, 128);
    const path = input.Path ?? '/';
    const arn = entityArn(iam, 'policy', path, name);
    if (iam.policies.has(arn))
      throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
    compilePolicy(input.PolicyDocument, name, 'identity');
    const createdMs = iam.ctx.kernel.now();
    const policy: PolicyState = {
      name,
      path,
      arn,
      id: entityId(iam, 'policy'),
      createdMs,
      description: input.Description,
      updatedMs: createdMs,
      defaultVersionId: 'v1',
      versionsMade: 1,
      versions: new Map([['v1', { document: input.PolicyDocument, createdMs }]]),
    };
    iam.policies.set(arn, policy);
    return { Policy: policyAnswer(iam, policy) };
  },
};
