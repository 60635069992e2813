import type { GetFunctionConcurrencyRequest, GetFunctionConcurrencyResponse } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const getFunctionConcurrency: ActionDefinition<
  LambdaService,
  GetFunctionConcurrencyRequest,
  GetFunctionConcurrencyResponse
> = {
  permissions: onFunction('GetFunctionConcurrency'),
  run: (service, input) => {
    const { reservedConcurrency } = service.function(input.FunctionName);
    return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
  },
};
