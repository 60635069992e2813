import type { JsonObject } from '../json.ts';
import { number, pick, requiredText } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const target = (properties: Properties): JsonObject => pick(properties, 'FunctionName', 'Qualifier');

const put = async (context: ResourceContext, properties: Properties): Promise<void> => {
  const attempts = number(properties, 'MaximumRetryAttempts');
  const age = number(properties, 'MaximumEventAgeInSeconds');
  await context.call('lambda', 'PutFunctionEventInvokeConfig', {
    ...target(properties),
    ...(attempts === undefined ? {} : { MaximumRetryAttempts: attempts }),
    ...(age === undefined ? {} : { MaximumEventAgeInSeconds: age }),
    ...pick(properties, 'DestinationConfig'),
  });
};

export const lambdaEventInvokeConfig: ResourceProvider = {
  type: 'AWS::Lambda::EventInvokeConfig',
  properties: ['DestinationConfig', 'FunctionName', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts', 'Qualifier'],
  attributes: [],
  replacedBy: ['FunctionName', 'Qualifier'],
  create: async (context, properties) => {
    await put(context, properties);
    const physicalId = `${requiredText(properties, 'FunctionName')}|${requiredText(properties, 'Qualifier')}`;
    return { physicalId, attributes: {} };
  },
  update: async (context, { before, properties }) => {
    await put(context, properties);
    return before;
  },
  delete: async (context, existing) => {
    await context.call('lambda', 'DeleteFunctionEventInvokeConfig', target(existing.properties));
  },
};
