import type { FunctionEventInvokeConfig, PutFunctionEventInvokeConfigRequest } from '@aws-sdk/client-lambda';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { eventInvokeView } from './event-invoke-view.ts';
import { onFunction } from './on-function.ts';

export const putFunctionEventInvokeConfig: ActionDefinition<
  LambdaService,
  PutFunctionEventInvokeConfigRequest,
  FunctionEventInvokeConfig
> = {
  partly: 'destinations',
  permissions: onFunction('PutFunctionEventInvokeConfig'),
  run: (service, input) => {
    const resolved = service.resolve(input.FunctionName, input.Qualifier);
    const { OnSuccess, OnFailure } = input.DestinationConfig ?? {};
    if (OnSuccess?.Destination || OnFailure?.Destination) throw notModelled('destinations of functions');
    const settings = {
      maximumRetryAttempts: input.MaximumRetryAttempts ?? 2,
      maximumEventAgeSeconds: input.MaximumEventAgeInSeconds ?? 21_600,
      modifiedMs: service.ctx.kernel.now(),
    };
    resolved.fn.eventInvoke.set(resolved.qualifier ?? '', settings);
    return eventInvokeView(resolved, settings);
  },
};
