import type { ActionDefinition } from '../../cloud/service.ts';
import { nameOfArn } from '../arn.ts';
import { onRole } from '../entities.ts';
import type { IamService } from '../iam-service.ts';

export const listAttachedRolePolicies: ActionDefinition<
  IamService,
  { readonly RoleName: string },
  {
    readonly AttachedPolicies: readonly { readonly PolicyName: string; readonly PolicyArn: string }[];
    readonly IsTruncated: boolean;
  }
> = {
  refuses: ['Marker', 'MaxItems'],
  permissions: onRole('ListAttachedRolePolicies'),
  run: (iam, input) => ({
    AttachedPolicies: [...iam.role(input.RoleName).attachedPolicyArns].map((arn) => ({
      PolicyName: nameOfArn(arn),
      PolicyArn: arn,
    })),
    IsTruncated: false,
  }),
};
