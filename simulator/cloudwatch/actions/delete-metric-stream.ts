import type { DeleteMetricStreamInput, DeleteMetricStreamOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

/** A stream that is not there is as good as deleted. */
export const deleteMetricStream: ActionDefinition<
  CloudWatchService,
  DeleteMetricStreamInput,
  DeleteMetricStreamOutput
> = {
  permissions: (service, input) => [
    { action: 'cloudwatch:DeleteMetricStream', resource: service.streamArn(input.Name) },
  ],
  run: (service, input) => {
    service.streams.delete(input.Name ?? '');
    return {};
  },
};
