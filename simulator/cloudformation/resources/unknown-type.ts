import type { ResourceProvider } from '../resource-provider.ts';

/** Stands in for a type that nothing here models: it has an id, does nothing, and is reported. */
export const unknownType = (type: string): ResourceProvider => ({
  type,
  replacedBy: [],
  create: async (context) => {
    context.unmodelled(type);
    return {
      physicalId: context.name(),
      attributes: {
        Arn: `arn:aws:${type.split('::')[1]?.toLowerCase()}:${context.region}:${context.accountId}:${context.logicalId}`,
      },
    };
  },
  update: async (_context, change) => change.before,
  delete: async () => undefined,
});
