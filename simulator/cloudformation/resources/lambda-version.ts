import { pick, requiredText } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

/** A version never changes. Publishing code and configuration that are published already answers the same version. */
export const lambdaVersion: ResourceProvider = {
  type: 'AWS::Lambda::Version',
  properties: ['CodeSha256', 'Description', 'FunctionName'],
  attributes: ['FunctionArn', 'Version'],
  replacedBy: 'all',
  create: async (context, properties) => {
    const { FunctionArn, Version } = await context.call<{ FunctionArn: string; Version: string }>(
      'lambda',
      'PublishVersion',
      { FunctionName: requiredText(properties, 'FunctionName'), ...pick(properties, 'CodeSha256', 'Description') },
    );
    // The API answers the ARN with the version at its end.
    const arn = FunctionArn.endsWith(`:${Version}`) ? FunctionArn : `${FunctionArn}:${Version}`;
    return { physicalId: arn, attributes: { FunctionArn: arn, Version } };
  },
  update: async (_context, { before }) => before,
  delete: async (context, existing) => {
    await context.call('lambda', 'DeleteFunction', {
      FunctionName: requiredText(existing.properties, 'FunctionName'),
      Qualifier: existing.attributes.Version,
    });
  },
};
