import type { ListAliasesRequest, ListAliasesResponse } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { aliasView } from './alias-view.ts';
import { onFunction } from './on-function.ts';

export const listAliases: ActionDefinition<LambdaService, ListAliasesRequest, ListAliasesResponse> = {
  permissions: onFunction('ListAliases'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    return {
      Aliases: [...fn.aliases.values()]
        .filter((alias) => !input.FunctionVersion || alias.functionVersion === input.FunctionVersion)
        .map((alias) => aliasView(fn, alias)),
    };
  },
};
