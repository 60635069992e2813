import type { FunctionConfiguration, GetFunctionConfigurationRequest } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const getFunctionConfiguration: ActionDefinition<
  LambdaService,
  GetFunctionConfigurationRequest,
  FunctionConfiguration
> = {
  permissions: onFunction('GetFunctionConfiguration'),
  run: (service, input) => {
    const { fn, version, arn } = service.resolve(input.FunctionName, input.Qualifier);
    return service.view(fn, version, arn);
  },
};
