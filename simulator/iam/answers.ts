import type { InstanceProfile, Policy, Role, Tag } from './iam-api.ts';
import type { IamService } from './iam-service.ts';
import type { InstanceProfileState, PolicyState, RoleState } from './state.ts';

export const tagList = (tags: Readonly<Record<string, string>>): readonly Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const tagRecord = (tags: readonly Tag[] | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((tags ?? []).map((tag) => [tag.Key, tag.Value]));

export const roleAnswer = (role: RoleState): Role => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(role.createdMs),
  AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
  ...(role.description === undefined ? {} : { Description: role.description }),
  MaxSessionDuration: role.maxSessionSeconds,
  ...(Object.keys(role.tags).length === 0 ? {} : { Tags: tagList(role.tags) }),
});

export const policyAnswer = (iam: IamService, policy: PolicyState): Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersionId,
  AttachmentCount: [...iam.roles.values()].filter((role) => role.attachedPolicyArns.has(policy.arn)).length,
  IsAttachable: true,
  ...(policy.description === undefined ? {} : { Description: policy.description }),
  CreateDate: new Date(policy.createdMs),
  UpdateDate: new Date(policy.updatedMs),
});

export const instanceProfileAnswer = (iam: IamService, profile: InstanceProfileState): InstanceProfile => {
  const role = profile.roleName === undefined ? undefined : iam.roles.get(profile.roleName);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdMs),
    Roles: role ? [roleAnswer(role)] : [],
  };
};
