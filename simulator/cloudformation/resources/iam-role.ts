import { jsonText, list, number, pick, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

const inlinePolicies = (properties: Properties): ReadonlyMap<string, string> =>
  new Map(
    list<InlinePolicy>(properties, 'Policies').map((policy) => [policy.PolicyName, jsonText(policy.PolicyDocument)]),
  );

/** Brings the role's own inline policies and attachments from one set to another; others' stay. */
const bringPolicies = async (
  context: ResourceContext,
  roleName: string,
  before: Properties,
  after: Properties,
): Promise<void> => {
  const oldInline = inlinePolicies(before);
  const newInline = inlinePolicies(after);
  for (const [PolicyName, PolicyDocument] of newInline) {
    if (oldInline.get(PolicyName) !== PolicyDocument)
      await context.call('iam', 'PutRolePolicy', { RoleName: roleName, PolicyName, PolicyDocument });
  }
  for (const PolicyName of oldInline.keys()) {
    if (!newInline.has(PolicyName)) await context.call('iam', 'DeleteRolePolicy', { RoleName: roleName, PolicyName });
  }
  const oldArns = list<string>(before, 'ManagedPolicyArns');
  const newArns = list<string>(after, 'ManagedPolicyArns');
  for (const PolicyArn of newArns) {
    if (!oldArns.includes(PolicyArn)) await context.call('iam', 'AttachRolePolicy', { RoleName: roleName, PolicyArn });
  }
  for (const PolicyArn of oldArns) {
    if (!newArns.includes(PolicyArn)) await context.call('iam', 'DetachRolePolicy', { RoleName: roleName, PolicyArn });
  }
};

export const iamRole: ResourceProvider = {
  type: 'AWS::IAM::Role',
  properties: [
    'AssumeRolePolicyDocument',
    'Description',
    'ManagedPolicyArns',
    'MaxSessionDuration',
    'Path',
    'Policies',
    'RoleName',
    'Tags',
  ],
  attributes: ['Arn', 'RoleId'],
  replacedBy: ['RoleName', 'Path'],
  create: async (context, properties) => {
    const roleName = text(properties, 'RoleName') ?? context.name();
    const { Role } = await context.call<{ Role: { Arn: string; RoleId: string } }>('iam', 'CreateRole', {
      RoleName: roleName,
      AssumeRolePolicyDocument: jsonText(properties.AssumeRolePolicyDocument),
      ...pick(properties, 'Path', 'Description'),
      MaxSessionDuration: number(properties, 'MaxSessionDuration'),
      Tags: tagList(properties),
    });
    context.made(roleName);
    await bringPolicies(context, roleName, {}, properties);
    return { physicalId: roleName, attributes: { Arn: Role.Arn, RoleId: Role.RoleId } };
  },
  update: async (context, { before, properties, changed }) => {
    const RoleName = before.physicalId;
    if (changed.has('AssumeRolePolicyDocument'))
      await context.call('iam', 'UpdateAssumeRolePolicy', {
        RoleName,
        PolicyDocument: jsonText(properties.AssumeRolePolicyDocument),
      });
    if (changed.has('Description') || changed.has('MaxSessionDuration'))
      await context.call('iam', 'UpdateRole', {
        RoleName,
        Description: text(properties, 'Description') ?? '',
        MaxSessionDuration: number(properties, 'MaxSessionDuration') ?? 3_600,
      });
    if (changed.has('Tags')) {
      const TagKeys = tagList(before.properties).map((tag) => tag.Key);
      if (TagKeys.length > 0) await context.call('iam', 'UntagRole', { RoleName, TagKeys });
      await context.call('iam', 'TagRole', { RoleName, Tags: tagList(properties) });
    }
    await bringPolicies(context, RoleName, before.properties, properties);
    return before;
  },
  delete: async (context, existing) => {
    const { call } = context;
    const RoleName = existing.physicalId;
    // A create that failed halfway made only some of them, so what there is decides, not what the template says.
    const own = inlinePolicies(existing.properties);
    const inline = await call<{ PolicyNames: readonly string[] }>('iam', 'ListRolePolicies', { RoleName });
    for (const PolicyName of inline.PolicyNames.filter((name) => own.has(name)))
      await call('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
    const attached = await call<{ AttachedPolicies: readonly { PolicyArn: string }[] }>(
      'iam',
      'ListAttachedRolePolicies',
      {
        RoleName,
      },
    );
    const ownArns = list<string>(existing.properties, 'ManagedPolicyArns');
    for (const { PolicyArn } of attached.AttachedPolicies.filter((policy) => ownArns.includes(policy.PolicyArn)))
      await call('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
    await call('iam', 'DeleteRole', { RoleName });
  },
};
