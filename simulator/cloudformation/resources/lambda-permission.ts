import { pick, requiredText } from '../property-values.ts';
import type { Properties, ResourceProvider } from '../resource-provider.ts';

/** Splits the version or alias off a function's ARN: the API takes it apart. */
const target = (properties: Properties): { readonly FunctionName: string; readonly Qualifier?: string } => {
  const name = requiredText(properties, 'FunctionName');
  const parts = name.split(':');
  if (!name.startsWith('arn:') || parts.length < 8) return { FunctionName: name };
  return { FunctionName: parts.slice(0, 7).join(':'), Qualifier: parts[7] };
};

export const lambdaPermission: ResourceProvider = {
  type: 'AWS::Lambda::Permission',
  properties: [
    'Action',
    'EventSourceToken',
    'FunctionName',
    'FunctionUrlAuthType',
    'Principal',
    'PrincipalOrgID',
    'SourceAccount',
    'SourceArn',
  ],
  attributes: ['Id'],
  replacedBy: 'all',
  create: async (context, properties) => {
    const StatementId = context.name({ maxLength: 100 });
    await context.call('lambda', 'AddPermission', {
      ...target(properties),
      StatementId,
      ...pick(
        properties,
        'Action',
        'EventSourceToken',
        'FunctionUrlAuthType',
        'Principal',
        'PrincipalOrgID',
        'SourceAccount',
        'SourceArn',
      ),
    });
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },
  update: async (_context, { before }) => before,
  delete: async (context, existing) => {
    await context.call('lambda', 'RemovePermission', {
      ...target(existing.properties),
      StatementId: existing.physicalId,
    });
  },
};
