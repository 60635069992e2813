import type { FunctionConfiguration, UpdateFunctionConfigurationRequest } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { settingsAfter } from '../settings.ts';
import { onFunction } from './on-function.ts';

export const updateFunctionConfiguration: ActionDefinition<
  LambdaService,
  UpdateFunctionConfigurationRequest,
  FunctionConfiguration
> = {
  refuses: ['CapacityProviderConfig', 'KMSKeyArn'],
  partly:
    'other runtimes than Node.js, functions from images, layers, file systems, dead-letter queues, SnapStart, durable functions',
  permissions: (service, input) => [
    ...onFunction('UpdateFunctionConfiguration')(service, input),
    ...(input.Role
      ? [
          {
            action: 'iam:PassRole',
            resource: input.Role,
            context: { 'iam:PassedToService': 'lambda.amazonaws.com' },
          },
        ]
      : []),
  ],
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    service.replaceLatest(fn, settingsAfter(fn.name, fn.latest.settings, input, fn.latest.settings));
    return service.view(fn, fn.latest);
  },
};
