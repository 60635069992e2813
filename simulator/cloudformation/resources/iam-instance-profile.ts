import { list, pick, text } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

export const iamInstanceProfile: ResourceProvider = {
  type: 'AWS::IAM::InstanceProfile',
  properties: ['InstanceProfileName', 'Path', 'Roles'],
  attributes: ['Arn'],
  replacedBy: ['InstanceProfileName', 'Path'],
  create: async (context, properties) => {
    const name = text(properties, 'InstanceProfileName') ?? context.name({ maxLength: 128 });
    const { InstanceProfile } = await context.call<{ InstanceProfile: { Arn: string } }>(
      'iam',
      'CreateInstanceProfile',
      {
        InstanceProfileName: name,
        ...pick(properties, 'Path'),
      },
    );
    context.made(name);
    for (const RoleName of list<string>(properties, 'Roles'))
      await context.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName });
    return { physicalId: name, attributes: { Arn: InstanceProfile.Arn } };
  },
  update: async (context, { before, properties }) => {
    const InstanceProfileName = before.physicalId;
    for (const RoleName of list<string>(before.properties, 'Roles'))
      await context.call('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName });
    for (const RoleName of list<string>(properties, 'Roles'))
      await context.call('iam', 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
    return before;
  },
  delete: async (context, existing) => {
    const InstanceProfileName = existing.physicalId;
    const { InstanceProfile } = await context.call<{ InstanceProfile: { Roles: readonly { RoleName: string }[] } }>(
      'iam',
      'GetInstanceProfile',
      { InstanceProfileName },
    );
    for (const { RoleName } of InstanceProfile.Roles)
      await context.call('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName });
    await context.call('iam', 'DeleteInstanceProfile', { InstanceProfileName });
  },
};
