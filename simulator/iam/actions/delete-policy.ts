import type { ActionDefinition } from '../../cloud/service.ts';
import { deleteConflict, findPolicy, onPolicy } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const deletePolicy: ActionDefinition<IamService, { readonly PolicyArn: string }> = {
  permissions: onPolicy('DeletePolicy'),
  run: (iam, input) => {
    const policy = findPolicy(iam, input.PolicyArn);
    if ([...iam.roles.values()].some((role) => role.attachedPolicyArns.has(policy.arn)))
      throw deleteConflict('Cannot delete a policy attached to entities.');
    if (policy.versions.size > 1)
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    iam.policies.delete(policy.arn);
  },
};
