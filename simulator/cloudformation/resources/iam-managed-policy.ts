import { jsonText, list, pick, text } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

export const iamManagedPolicy: ResourceProvider = {
  type: 'AWS::IAM::ManagedPolicy',
  properties: ['Description', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
  attributes: ['PolicyArn', 'PolicyId', 'DefaultVersionId'],
  replacedBy: ['Description', 'ManagedPolicyName', 'Path'],
  create: async (context, properties) => {
    const { Policy } = await context.call<{ Policy: { Arn: string; PolicyId: string; DefaultVersionId: string } }>(
      'iam',
      'CreatePolicy',
      {
        PolicyName: text(properties, 'ManagedPolicyName') ?? context.name({ maxLength: 128 }),
        PolicyDocument: jsonText(properties.PolicyDocument),
        ...pick(properties, 'Path', 'Description'),
      },
    );
    context.made(Policy.Arn);
    for (const RoleName of list<string>(properties, 'Roles'))
      await context.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn: Policy.Arn });
    return {
      physicalId: Policy.Arn,
      attributes: { PolicyArn: Policy.Arn, PolicyId: Policy.PolicyId, DefaultVersionId: Policy.DefaultVersionId },
    };
  },
  update: async (context, { before, properties, changed }) => {
    const PolicyArn = before.physicalId;
    let versionId = before.attributes.DefaultVersionId;
    if (changed.has('PolicyDocument')) {
      const { PolicyVersion } = await context.call<{ PolicyVersion: { VersionId: string } }>(
        'iam',
        'CreatePolicyVersion',
        {
          PolicyArn,
          PolicyDocument: jsonText(properties.PolicyDocument),
          SetAsDefault: true,
        },
      );
      // A managed policy holds five versions at most, so the one before goes at once.
      const { Policy } = await context.call<{ Policy: { DefaultVersionId: string } }>('iam', 'GetPolicy', {
        PolicyArn,
      });
      if (versionId !== Policy.DefaultVersionId)
        await context.call('iam', 'DeletePolicyVersion', { PolicyArn, VersionId: versionId });
      versionId = PolicyVersion.VersionId;
    }
    const oldRoles = list<string>(before.properties, 'Roles');
    const roles = list<string>(properties, 'Roles');
    for (const RoleName of roles.filter((role) => !oldRoles.includes(role)))
      await context.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
    for (const RoleName of oldRoles.filter((role) => !roles.includes(role)))
      await context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
    return { physicalId: PolicyArn, attributes: { ...before.attributes, DefaultVersionId: versionId } };
  },
  delete: async (context, existing) => {
    const PolicyArn = existing.physicalId;
    for (const RoleName of list<string>(existing.properties, 'Roles')) {
      const attached = await context.call<{ AttachedPolicies: readonly { PolicyArn: string }[] }>(
        'iam',
        'ListAttachedRolePolicies',
        { RoleName },
      );
      if (attached.AttachedPolicies.some((policy) => policy.PolicyArn === PolicyArn))
        await context.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
    }
    await context.call('iam', 'DeletePolicy', { PolicyArn });
  },
};
