import type { AliasConfiguration, UpdateAliasRequest } from '@aws-sdk/client-lambda';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { aliasOf, aliasView, requireVersion } from './alias-view.ts';
import { onFunction } from './on-function.ts';

export const updateAlias: ActionDefinition<LambdaService, UpdateAliasRequest, AliasConfiguration> = {
  partly: 'aliases that split traffic',
  permissions: onFunction('UpdateAlias'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    const alias = aliasOf(fn, input.Name);
    if (Object.keys(input.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0)
      throw notModelled('aliases that split traffic');
    if (input.FunctionVersion !== undefined) alias.functionVersion = requireVersion(fn, input.FunctionVersion);
    alias.description = input.Description ?? alias.description;
    alias.revisionId = service.ctx.kernel.uuid('lambda-revision');
    return aliasView(fn, alias);
  },
};
