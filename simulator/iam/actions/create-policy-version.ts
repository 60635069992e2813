import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { findPolicy, onPolicy } from '../entities.ts';
import type { IamService } from '../iam-service.ts';
import { compilePolicy } from '../policy.ts';

export interface CreatePolicyVersionRequest {
  readonly PolicyArn: string;
  readonly PolicyDocument: string;
  readonly SetAsDefault?: boolean;
}

/** IAM keeps five versions of a managed policy. */
const versionsMax = 5;

export const createPolicyVersion: ActionDefinition<
  IamService,
  CreatePolicyVersionRequest,
  {
    readonly PolicyVersion: {
      readonly VersionId: string;
      readonly IsDefaultVersion: boolean;
      readonly CreateDate: Date;
    };
  }
> = {
  permissions: onPolicy('CreatePolicyVersion'),
  run: (iam, input) => {
    const policy = findPolicy(iam, input.PolicyArn);
    compilePolicy(input.PolicyDocument, policy.name, 'identity');
    if (policy.versions.size >= versionsMax)
      throw new AwsError(
        'LimitExceeded',
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
        { status: 409 },
      );
    const createdMs = iam.ctx.kernel.now();
    policy.versionsMade += 1;
    const versionId = `v${policy.versionsMade}`;
    policy.versions.set(versionId, { document: input.PolicyDocument, createdMs });
    policy.updatedMs = createdMs;
    if (input.SetAsDefault) policy.defaultVersionId = versionId;
    iam.policiesChanged();
    return {
      PolicyVersion: {
        VersionId: versionId,
        IsDefaultVersion: input.SetAsDefault ?? false,
        CreateDate: new Date(createdMs),
      },
    };
  },
};
