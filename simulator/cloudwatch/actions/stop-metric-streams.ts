import type { StopMetricStreamsInput, StopMetricStreamsOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const stopMetricStreams: ActionDefinition<CloudWatchService, StopMetricStreamsInput, StopMetricStreamsOutput> = {
  permissions: (service, input) =>
    (input.Names ?? []).map((name) => ({
      action: 'cloudwatch:StopMetricStreams',
      resource: service.streamArn(name),
    })),
  run: (service, input) => {
    service.setStreams(input.Names ?? [], 'stopped');
    return {};
  },
};
