import { camelCase, list, requiredText } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const put = (context: ResourceContext, properties: Properties): Promise<unknown> =>
  context.call('ecr', 'PutRegistryScanningConfiguration', {
    scanType: requiredText(properties, 'ScanType'),
    rules: camelCase(list(properties, 'Rules')),
  });

/** How the one registry of the account and Region scans. Without the resource it is as it was before. */
export const ecrRegistryScanningConfiguration: ResourceProvider = {
  type: 'AWS::ECR::RegistryScanningConfiguration',
  properties: ['Rules', 'ScanType'],
  attributes: ['RegistryId'],
  replacedBy: [],
  create: async (context, properties) => {
    await put(context, properties);
    return { physicalId: context.accountId, attributes: { RegistryId: context.accountId } };
  },
  update: async (context, { before, properties }) => {
    await put(context, properties);
    return before;
  },
  delete: async (context) => {
    await context.call('ecr', 'PutRegistryScanningConfiguration', { scanType: 'BASIC', rules: [] });
  },
};
