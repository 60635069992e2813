import type { GetFunctionRequest, GetFunctionResponse } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const getFunction: ActionDefinition<LambdaService, GetFunctionRequest, GetFunctionResponse> = {
  permissions: onFunction('GetFunction'),
  run: (service, input) => {
    const { fn, version, arn } = service.resolve(input.FunctionName, input.Qualifier);
    return {
      Configuration: service.view(fn, version, arn),
      Code: { RepositoryType: 'S3' },
      ...(fn.tags.size > 0 ? { Tags: Object.fromEntries(fn.tags) } : {}),
      ...(fn.reservedConcurrency === undefined
        ? {}
        : { Concurrency: { ReservedConcurrentExecutions: fn.reservedConcurrency } }),
    };
  },
};
