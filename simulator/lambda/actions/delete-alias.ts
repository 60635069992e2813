import type { DeleteAliasRequest } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const deleteAlias: ActionDefinition<LambdaService, DeleteAliasRequest, object> = {
  permissions: onFunction('DeleteAlias'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    fn.aliases.delete(input.Name ?? '');
    fn.policies.delete(input.Name ?? '');
    return {};
  },
};
