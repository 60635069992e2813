import type { GetMetricStreamInput, GetMetricStreamOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { describeStream } from '../metric-stream.ts';

export const getMetricStream: ActionDefinition<CloudWatchService, GetMetricStreamInput, GetMetricStreamOutput> = {
  permissions: (service, input) => [{ action: 'cloudwatch:GetMetricStream', resource: service.streamArn(input.Name) }],
  run: (service, input) => describeStream(service.stream(input.Name)),
};
