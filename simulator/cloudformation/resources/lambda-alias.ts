import { pick, requiredText } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

export const lambdaAlias: ResourceProvider = {
  type: 'AWS::Lambda::Alias',
  properties: ['Description', 'FunctionName', 'FunctionVersion', 'Name', 'RoutingConfig'],
  attributes: ['AliasArn'],
  replacedBy: ['FunctionName', 'Name'],
  create: async (context, properties) => {
    const { AliasArn } = await context.call<{ AliasArn: string }>(
      'lambda',
      'CreateAlias',
      pick(properties, 'Description', 'FunctionName', 'FunctionVersion', 'Name', 'RoutingConfig'),
    );
    return { physicalId: AliasArn, attributes: { AliasArn } };
  },
  update: async (context, { before, properties }) => {
    await context.call(
      'lambda',
      'UpdateAlias',
      pick(properties, 'Description', 'FunctionName', 'FunctionVersion', 'Name', 'RoutingConfig'),
    );
    return before;
  },
  delete: async (context, existing) => {
    await context.call('lambda', 'DeleteAlias', {
      FunctionName: requiredText(existing.properties, 'FunctionName'),
      Name: requiredText(existing.properties, 'Name'),
    });
  },
};
