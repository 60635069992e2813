import type { ActionDefinition } from '../../cloud/service.ts';
import { deleteConflict, findPolicy, noSuchEntity, onPolicy } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const deletePolicyVersion: ActionDefinition<
  IamService,
  { readonly PolicyArn: string; readonly VersionId: string }
> = {
  permissions: onPolicy('DeletePolicyVersion'),
  run: (iam, input) => {
    const policy = findPolicy(iam, input.PolicyArn);
    if (input.VersionId === policy.defaultVersionId)
      throw deleteConflict('Cannot delete the default version of a policy.');
    if (!policy.versions.delete(input.VersionId))
      throw noSuchEntity(`Policy ${policy.arn} version ${input.VersionId} does not exist or is not attachable.`);
  },
};
