import type { Concurrency, PutFunctionConcurrencyRequest } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const putFunctionConcurrency: ActionDefinition<LambdaService, PutFunctionConcurrencyRequest, Concurrency> = {
  permissions: onFunction('PutFunctionConcurrency'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    fn.reservedConcurrency = input.ReservedConcurrentExecutions;
    return { ReservedConcurrentExecutions: fn.reservedConcurrency };
  },
};
