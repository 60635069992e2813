import { camelCase, coercion, flag, jsonText, lowerTagList, object, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const coerce = coercion([], ['scanOnPush']);

const bringPolicies = async (
  context: ResourceContext,
  repositoryName: string,
  before: Properties,
  after: Properties,
): Promise<void> => {
  const lifecycle = (properties: Properties): string | undefined =>
    object(properties, 'LifecyclePolicy') && text(object(properties, 'LifecyclePolicy') ?? {}, 'LifecyclePolicyText');
  const lifecyclePolicyText = lifecycle(after);
  if (lifecyclePolicyText !== lifecycle(before)) {
    if (lifecyclePolicyText === undefined) await context.call('ecr', 'DeleteLifecyclePolicy', { repositoryName });
    else await context.call('ecr', 'PutLifecyclePolicy', { repositoryName, lifecyclePolicyText });
  }
  const policy = (properties: Properties): string | undefined =>
    properties.RepositoryPolicyText === undefined ? undefined : jsonText(properties.RepositoryPolicyText);
  const policyText = policy(after);
  if (policyText !== policy(before)) {
    if (policyText === undefined) await context.call('ecr', 'DeleteRepositoryPolicy', { repositoryName });
    else await context.call('ecr', 'SetRepositoryPolicy', { repositoryName, policyText });
  }
};

export const ecrRepository: ResourceProvider = {
  type: 'AWS::ECR::Repository',
  properties: [
    'EmptyOnDelete',
    'EncryptionConfiguration',
    'ImageScanningConfiguration',
    'ImageTagMutability',
    'ImageTagMutabilityExclusionFilters',
    'LifecyclePolicy',
    'RepositoryName',
    'RepositoryPolicyText',
    'Tags',
  ],
  attributes: ['Arn', 'RepositoryUri'],
  replacedBy: ['EncryptionConfiguration', 'RepositoryName'],
  create: async (context, properties) => {
    const repositoryName = text(properties, 'RepositoryName') ?? context.name({ maxLength: 256, lowerCase: true });
    const { repository } = await context.call<{ repository: { repositoryArn: string; repositoryUri: string } }>(
      'ecr',
      'CreateRepository',
      {
        repositoryName,
        ...(properties.ImageTagMutability === undefined ? {} : { imageTagMutability: properties.ImageTagMutability }),
        ...(properties.ImageTagMutabilityExclusionFilters === undefined
          ? {}
          : { imageTagMutabilityExclusionFilters: camelCase(properties.ImageTagMutabilityExclusionFilters) }),
        ...(properties.ImageScanningConfiguration === undefined
          ? {}
          : { imageScanningConfiguration: camelCase(properties.ImageScanningConfiguration, coerce) }),
        ...(properties.EncryptionConfiguration === undefined
          ? {}
          : { encryptionConfiguration: camelCase(properties.EncryptionConfiguration) }),
        tags:
          properties.Tags === undefined
            ? undefined
            : lowerTagList(properties).map((tag) => ({ Key: tag.key, Value: tag.value })),
      },
    );
    context.made(repositoryName);
    await bringPolicies(context, repositoryName, {}, properties);
    return {
      physicalId: repositoryName,
      attributes: { Arn: repository.repositoryArn, RepositoryUri: repository.repositoryUri },
    };
  },
  update: async (context, { before, properties, changed }) => {
    const repositoryName = before.physicalId;
    if (changed.has('ImageScanningConfiguration'))
      await context.call('ecr', 'PutImageScanningConfiguration', {
        repositoryName,
        imageScanningConfiguration: camelCase(properties.ImageScanningConfiguration ?? { ScanOnPush: false }, coerce),
      });
    if (changed.has('ImageTagMutability'))
      await context.call('ecr', 'PutImageTagMutability', {
        repositoryName,
        imageTagMutability: text(properties, 'ImageTagMutability') ?? 'MUTABLE',
      });
    await bringPolicies(context, repositoryName, before.properties, properties);
    return before;
  },
  delete: async (context, existing) => {
    await context.call('ecr', 'DeleteRepository', {
      repositoryName: existing.physicalId,
      force: flag(existing.properties, 'EmptyOnDelete') ?? false,
    });
  },
};
