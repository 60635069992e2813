import { AwsError } from '../../cloud/aws-error.ts';
import { jsonText, list, requiredText } from '../property-values.ts';
import type { CallApi, ResourceProvider } from '../resource-provider.ts';

/** A role that is gone has no policy left to delete. */
const deleteFrom = async (call: CallApi, RoleName: string, PolicyName: string): Promise<void> => {
  try {
    await call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'NoSuchEntity') throw error;
  }
};

/** An inline policy that is put into several roles. */
export const iamPolicy: ResourceProvider = {
  type: 'AWS::IAM::Policy',
  properties: ['PolicyDocument', 'PolicyName', 'Roles'],
  attributes: ['Id'],
  replacedBy: [],
  create: async (context, properties) => {
    const physicalId = context.name();
    context.made(physicalId);
    for (const RoleName of list<string>(properties, 'Roles')) {
      await context.call('iam', 'PutRolePolicy', {
        RoleName,
        PolicyName: requiredText(properties, 'PolicyName'),
        PolicyDocument: jsonText(properties.PolicyDocument),
      });
    }
    return { physicalId, attributes: { Id: physicalId } };
  },
  update: async (context, { before, properties }) => {
    const name = requiredText(properties, 'PolicyName');
    const oldName = requiredText(before.properties, 'PolicyName');
    const roles = list<string>(properties, 'Roles');
    for (const RoleName of roles) {
      await context.call('iam', 'PutRolePolicy', {
        RoleName,
        PolicyName: name,
        PolicyDocument: jsonText(properties.PolicyDocument),
      });
    }
    for (const RoleName of list<string>(before.properties, 'Roles')) {
      if (name !== oldName || !roles.includes(RoleName)) await deleteFrom(context.call, RoleName, oldName);
    }
    return before;
  },
  delete: async (context, existing) => {
    for (const RoleName of list<string>(existing.properties, 'Roles'))
      await deleteFrom(context.call, RoleName, requiredText(existing.properties, 'PolicyName'));
  },
};
