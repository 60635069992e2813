import type { ActionProvider } from './provider.ts';

/** Reads an object of a bucket. The simulator has no S3: what lies there is told to it, see `CodePipelineService.sources`. */
export const s3Source: ActionProvider = {
  category: 'Source',
  provider: 'S3',
  required: ['S3Bucket', 'S3ObjectKey'],
  optional: ['AllowOverrideForS3ObjectKey', 'PollForSourceChanges'],
  inputs: [0, 0],
  outputs: [1, 1],
  timeoutMs: 40 * 60_000,
  run: async ({ ctx, run, configuration, source }) => {
    const { S3Bucket: bucket = '', S3ObjectKey: key = '' } = configuration;
    const override = run.execution.overrides.find(({ actionName }) => actionName === run.declaration.name);
    const object = source(`s3://${bucket}/${key}`);
    const version = override?.revisionValue ?? object.revisionId;
    return {
      ok: true,
      variables: { BucketName: bucket, ETag: version, ObjectKey: key, VersionId: version },
      files: object.files,
      revision: {
        id: version,
        summary: object.summary,
        url: `https://console.aws.amazon.com/s3/home?region=${ctx.region}#`,
        createdMs: ctx.kernel.now(),
      },
    };
  },
};
