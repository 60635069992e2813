import type { RemovePermissionRequest } from '@aws-sdk/client-lambda';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const removePermission: ActionDefinition<LambdaService, RemovePermissionRequest, object> = {
  permissions: onFunction('RemovePermission'),
  run: (service, input) => {
    const { fn, qualifier } = service.resolve(input.FunctionName, input.Qualifier);
    const statements = fn.policies.get(qualifier ?? '') ?? [];
    const rest = statements.filter((statement) => statement.Sid !== input.StatementId);
    if (rest.length === statements.length)
      throw new AwsError(
        'ResourceNotFoundException',
        `Statement ${input.StatementId} is not found in resource policy.`,
        { status: 404, fields: { Type: 'User' } },
      );
    fn.policies.set(qualifier ?? '', rest);
    return {};
  },
};
