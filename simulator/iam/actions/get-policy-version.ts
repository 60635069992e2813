import type { ActionDefinition } from '../../cloud/service.ts';
import { findPolicy, noSuchEntity, onPolicy } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export interface PolicyVersion {
  readonly VersionId: string;
  readonly IsDefaultVersion: boolean;
  readonly CreateDate: Date;
  /** URL-encoded JSON. */
  readonly Document: string;
}

export const getPolicyVersion: ActionDefinition<
  IamService,
  { readonly PolicyArn: string; readonly VersionId: string },
  { readonly PolicyVersion: PolicyVersion }
> = {
  permissions: onPolicy('GetPolicyVersion'),
  run: (iam, input) => {
    const policy = findPolicy(iam, input.PolicyArn);
    const version = policy.versions.get(input.VersionId);
    if (!version)
      throw noSuchEntity(`Policy ${policy.arn} version ${input.VersionId} does not exist or is not attachable.`);
    return {
      PolicyVersion: {
        VersionId: input.VersionId,
        IsDefaultVersion: input.VersionId === policy.defaultVersionId,
        CreateDate: new Date(version.createdMs),
        Document: encodeURIComponent(version.document),
      },
    };
  },
};
