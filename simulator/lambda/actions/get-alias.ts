import type { AliasConfiguration, GetAliasRequest } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { aliasOf, aliasView } from './alias-view.ts';
import { onFunction } from './on-function.ts';

export const getAlias: ActionDefinition<LambdaService, GetAliasRequest, AliasConfiguration> = {
  permissions: onFunction('GetAlias'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    return aliasView(fn, aliasOf(fn, input.Name));
  },
};
