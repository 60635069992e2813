import type { ActionDefinition } from '../../cloud/service.ts';
import { policyAnswer } from '../answers.ts';
import { findPolicy, onPolicy } from '../entities.ts';
import type { Policy } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';

export const getPolicy: ActionDefinition<IamService, { readonly PolicyArn: string }, { readonly Policy: Policy }> = {
  permissions: onPolicy('GetPolicy'),
  run: (iam, input) => ({ Policy: policyAnswer(iam, findPolicy(iam, input.PolicyArn)) }),
};
