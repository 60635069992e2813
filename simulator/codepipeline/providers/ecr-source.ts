import type { DescribeImagesResponse } from '@aws-sdk/client-ecr';
import type { ActionProvider } from './provider.ts';

/**
 * Reads the image that a tag names, or the one that an override of the execution names by its digest, and puts out
 * `imageDetail.json`. https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECR.html
 */
export const ecrSource: ActionProvider = {
  category: 'Source',
  provider: 'ECR',
  required: ['RepositoryName'],
  optional: ['ImageTag'],
  inputs: [0, 0],
  outputs: [1, 1],
  timeoutMs: 3_600_000,
  run: async ({ ctx, run, configuration, call }) => {
    const { RepositoryName: repositoryName = '', ImageTag: imageTag = 'latest' } = configuration;
    const override = run.execution.overrides.find(({ actionName }) => actionName === run.declaration.name);
    const imageId = override ? { imageDigest: override.revisionValue ?? '' } : { imageTag };
    const { imageDetails = [] } = await call<DescribeImagesResponse>('ecr', 'DescribeImages', {
      repositoryName,
      imageIds: [imageId],
    });
    const [image] = imageDetails;
    const digest = image?.imageDigest ?? '';
    const uri = `${ctx.accountId}.dkr.ecr.${ctx.region}.amazonaws.com/${repositoryName}@${digest}`;
    return {
      ok: true,
      variables: {
        RegistryId: ctx.accountId,
        RepositoryName: repositoryName,
        ImageTag: imageTag,
        ImageDigest: digest,
        ImageURI: uri,
      },
      files: {
        'imageDetail.json': JSON.stringify({
          ImageSizeInBytes: String(image?.imageSizeInBytes ?? 0),
          ImageDigest: digest,
          Version: '1.0',
          ImagePushedAt: image?.imagePushedAt?.toISOString(),
          RegistryId: ctx.accountId,
          RepositoryName: repositoryName,
          ImageURI: uri,
          ImageTags: image?.imageTags ?? [],
        }),
      },
      revision: {
        id: digest,
        summary: `Image ${imageTag}`,
        url: `https://${ctx.region}.console.aws.amazon.com/ecr/repositories/private/${ctx.accountId}/${repositoryName}`,
        createdMs: image?.imagePushedAt?.getTime() ?? ctx.kernel.now(),
      },
    };
  },
};
