import type { ActionDefinition } from '../../cloud/service.ts';
import { instanceProfileAnswer } from '../answers.ts';
import { alreadyExists, checkName, entityArn, entityId, onInstanceProfile } from '../entities.ts';
import type { InstanceProfile } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';
import type { InstanceProfileState } from '../state.ts';

export const createInstanceProfile: ActionDefinition<
  IamService,
  { readonly InstanceProfileName: string; readonly Path?: string },
  { readonly InstanceProfile: InstanceProfile }
> = {
  permissions: onInstanceProfile('CreateInstanceProfile'),
  run: (iam, input) => {
    const name = checkName('instanceProfileName', input.InstanceProfileName, 128);
    if (iam.instanceProfiles.has(name)) throw alreadyExists(`Instance Profile ${name} already exists.`);
    const path = input.Path ?? '/';
    const profile: InstanceProfileState = {
      name,
      path,
      arn: entityArn(iam, 'instance-profile', path, name),
      id: entityId(iam, 'instance-profile'),
      createdMs: iam.ctx.kernel.now(),
      roleName: undefined,
    };
    iam.instanceProfiles.set(name, profile);
    return { InstanceProfile: instanceProfileAnswer(iam, profile) };
  },
};
