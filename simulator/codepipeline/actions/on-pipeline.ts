import type { Permission } from '../../cloud/service.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';

interface Named {
  readonly name?: string | undefined;
  readonly pipelineName?: string | undefined;
  readonly stageName?: string | undefined;
  readonly actionName?: string | undefined;
}

/**
 * What IAM is asked for an action on one pipeline, on one of its stages, or on an action of a stage: the resource's ARN
 * goes as deep as the request names it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html
 */
export const onPipeline = (action: string) => ({
  permissions: (service: CodePipelineService, input: Named): readonly Permission[] => [
    {
      action: `codepipeline:${action}`,
      resource: [service.arnOf(input.name ?? input.pipelineName ?? ''), input.stageName, input.actionName]
        .filter((part) => part !== undefined)
        .join('/'),
    },
  ],
});

/** Whoever gives a pipeline its role must be allowed to pass it to CodePipeline. */
export const passRole = (roleArn: string | undefined): readonly Permission[] =>
  roleArn
    ? [
        {
          action: 'iam:PassRole',
          resource: roleArn,
          context: { 'iam:PassedToService': 'codepipeline.amazonaws.com' },
        },
      ]
    : [];
