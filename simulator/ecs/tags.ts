import type { Tag } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud/aws-error.ts';
import { lastPart } from './arns.ts';
import type { EcsService } from './ecs-service.ts';

/** The record that an ARN names, for its tags. @throws AwsError */
export const taggedResource = (ecs: EcsService, arn: string | undefined): { tags: Tag[] } => {
  const [kind, clusterName = ''] = (arn ?? '').split(':').slice(5).join(':').split('/');
  const cluster = ecs.clusters.get(clusterName);
  const id = lastPart(arn ?? '');
  const record =
    kind === 'cluster'
      ? cluster
      : kind === 'service'
        ? cluster?.services.get(id)
        : kind === 'task'
          ? cluster?.tasks.get(id)
          : kind === 'container-instance'
            ? cluster?.instances.get(id)
            : kind === 'task-definition'
              ? ecs.findTaskDefinition(id)
              : undefined;
  if (!record) {
    throw new AwsError('InvalidParameterException', 'The specified resource was not found.');
  }
  return record;
};
