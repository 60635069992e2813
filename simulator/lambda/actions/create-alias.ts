import type { AliasConfiguration, CreateAliasRequest } from '@aws-sdk/client-lambda';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { aliasView, requireVersion } from './alias-view.ts';
import { onFunction } from './on-function.ts';

export const createAlias: ActionDefinition<LambdaService, CreateAliasRequest, AliasConfiguration> = {
  partly: 'aliases that split traffic',
  permissions: onFunction('CreateAlias'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    if (Object.keys(input.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0)
      throw notModelled('aliases that split traffic');
    const name = input.Name ?? '';
    if (fn.aliases.has(name))
      throw new AwsError('ResourceConflictException', `Alias already exists: ${fn.arn}:${name}`, { status: 409 });
    const alias = {
      name,
      functionVersion: requireVersion(fn, input.FunctionVersion),
      description: input.Description ?? '',
      revisionId: service.ctx.kernel.uuid('lambda-revision'),
    };
    fn.aliases.set(name, alias);
    return aliasView(fn, alias);
  },
};
