import type { DeleteFunctionRequest } from '@aws-sdk/client-lambda';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const deleteFunction: ActionDefinition<LambdaService, DeleteFunctionRequest, object> = {
  permissions: onFunction('DeleteFunction'),
  run: (service, input) => {
    const { fn, version, qualifier } = service.resolve(input.FunctionName, input.Qualifier);
    if (qualifier === undefined) {
      for (const each of [fn.latest, ...fn.published.values()]) each.pool.close();
      service.functions.delete(fn.name);
      return {};
    }
    if (qualifier === '$LATEST')
      throw new AwsError(
        'InvalidParameterValueException',
        '$LATEST version cannot be deleted without deleting the function.',
      );
    const alias = [...fn.aliases.values()].find(({ functionVersion }) => functionVersion === version.version);
    if (alias)
      throw new AwsError(
        'ResourceConflictException',
        `Version was not able to be deleted because the following aliases reference it: [${alias.name}]`,
        { status: 409 },
      );
    version.pool.close();
    fn.published.delete(version.version);
    fn.policies.delete(version.version);
    return {};
  },
};
