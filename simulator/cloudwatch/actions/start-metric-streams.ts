import type { StartMetricStreamsInput, StartMetricStreamsOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const startMetricStreams: ActionDefinition<
  CloudWatchService,
  StartMetricStreamsInput,
  StartMetricStreamsOutput
> = {
  permissions: (service, input) =>
    (input.Names ?? []).map((name) => ({
      action: 'cloudwatch:StartMetricStreams',
      resource: service.streamArn(name),
    })),
  run: (service, input) => {
    service.setStreams(input.Names ?? [], 'running');
    return {};
  },
};
