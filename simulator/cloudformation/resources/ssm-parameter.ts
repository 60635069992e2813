import { pick, requiredText, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const put = async (
  context: ResourceContext,
  Name: string,
  properties: Properties,
  how: { readonly overwrite: boolean },
): Promise<void> => {
  await context.call('ssm', 'PutParameter', {
    Name,
    Value: requiredText(properties, 'Value'),
    Type: text(properties, 'Type') ?? 'String',
    ...pick(properties, 'AllowedPattern', 'DataType', 'Description', 'Policies', 'Tier'),
    Overwrite: how.overwrite,
    // Tags and Overwrite exclude each other in this API.
    ...(how.overwrite || properties.Tags === undefined ? {} : { Tags: tagList(properties) }),
  });
};

export const ssmParameter: ResourceProvider = {
  type: 'AWS::SSM::Parameter',
  properties: ['AllowedPattern', 'DataType', 'Description', 'Name', 'Policies', 'Tags', 'Tier', 'Type', 'Value'],
  attributes: ['Type', 'Value'],
  replacedBy: ['Name', 'DataType'],
  create: async (context, properties) => {
    const name = text(properties, 'Name') ?? context.name({ maxLength: 512 });
    await put(context, name, properties, { overwrite: false });
    return {
      physicalId: name,
      attributes: { Type: text(properties, 'Type') ?? 'String', Value: requiredText(properties, 'Value') },
    };
  },
  update: async (context, { before, properties }) => {
    await put(context, before.physicalId, properties, { overwrite: true });
    return {
      physicalId: before.physicalId,
      attributes: { Type: text(properties, 'Type') ?? 'String', Value: requiredText(properties, 'Value') },
    };
  },
  delete: async (context, existing) => {
    await context.call('ssm', 'DeleteParameter', { Name: existing.physicalId });
  },
};
