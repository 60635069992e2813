import type { DeleteFunctionEventInvokeConfigRequest } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const deleteFunctionEventInvokeConfig: ActionDefinition<
  LambdaService,
  DeleteFunctionEventInvokeConfigRequest,
  object
> = {
  permissions: onFunction('DeleteFunctionEventInvokeConfig'),
  run: (service, input) => {
    const { fn, qualifier } = service.resolve(input.FunctionName, input.Qualifier);
    fn.eventInvoke.delete(qualifier ?? '');
    return {};
  },
};
