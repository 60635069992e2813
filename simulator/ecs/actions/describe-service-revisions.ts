import type { DescribeServiceRevisionsRequest, DescribeServiceRevisionsResponse } from '@aws-sdk/client-ecs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { findServiceRevision } from '../history.ts';
import { serviceRevisionView } from '../views.ts';

export const describeServiceRevisions: ActionDefinition<
  EcsService,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse
> = {
  permissions: (_ecs, { serviceRevisionArns = [] }) =>
    serviceRevisionArns.map((resource) => ({ action: 'ecs:DescribeServiceRevisions', resource })),
  run: (ecs, input) => {
    const answer: DescribeServiceRevisionsResponse = { serviceRevisions: [], failures: [] };
    for (const arn of input.serviceRevisionArns ?? []) {
      const deployment = findServiceRevision(ecs, arn);
      if (deployment) answer.serviceRevisions?.push(serviceRevisionView(ecs.arns, deployment));
      else answer.failures?.push({ arn, reason: 'MISSING' });
    }
    return answer;
  },
};
