import type { ActionDefinition } from '../../cloud/service.ts';
import { instanceProfileAnswer } from '../answers.ts';
import { findInstanceProfile, onInstanceProfile } from '../entities.ts';
import type { InstanceProfile } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';

export const getInstanceProfile: ActionDefinition<
  IamService,
  { readonly InstanceProfileName: string },
  { readonly InstanceProfile: InstanceProfile }
> = {
  permissions: onInstanceProfile('GetInstanceProfile'),
  run: (iam, input) => ({
    InstanceProfile: instanceProfileAnswer(iam, findInstanceProfile(iam, input.InstanceProfileName)),
  }),
};
