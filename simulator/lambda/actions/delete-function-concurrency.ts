import type { DeleteFunctionConcurrencyRequest } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const deleteFunctionConcurrency: ActionDefinition<LambdaService, DeleteFunctionConcurrencyRequest, object> = {
  permissions: onFunction('DeleteFunctionConcurrency'),
  run: (service, input) => {
    service.function(input.FunctionName).reservedConcurrency = undefined;
    return {};
  },
};
