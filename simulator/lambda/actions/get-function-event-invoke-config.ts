import type { FunctionEventInvokeConfig, GetFunctionEventInvokeConfigRequest } from '@aws-sdk/client-lambda';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { eventInvokeView } from './event-invoke-view.ts';
import { onFunction } from './on-function.ts';

export const getFunctionEventInvokeConfig: ActionDefinition<
  LambdaService,
  GetFunctionEventInvokeConfigRequest,
  FunctionEventInvokeConfig
> = {
  permissions: onFunction('GetFunctionEventInvokeConfig'),
  run: (service, input) => {
    const resolved = service.resolve(input.FunctionName, input.Qualifier);
    const settings = resolved.fn.eventInvoke.get(resolved.qualifier ?? '');
    if (!settings)
      throw new AwsError(
        'ResourceNotFoundException',
        `The function ${resolved.arn} doesn't have an EventInvokeConfig`,
        { status: 404 },
      );
    return eventInvokeView(resolved, settings);
  },
};
