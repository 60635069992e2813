import type { GetPolicyRequest, GetPolicyResponse } from '@aws-sdk/client-lambda';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const getPolicy: ActionDefinition<LambdaService, GetPolicyRequest, GetPolicyResponse> = {
  permissions: onFunction('GetPolicy'),
  run: (service, input) => {
    const { version } = service.resolve(input.FunctionName, input.Qualifier);
    const policy = service.policyOf(input.FunctionName, input.Qualifier);
    if (!policy)
      throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
        status: 404,
        fields: { Type: 'User' },
      });
    return { Policy: JSON.stringify({ ...policy, Id: 'default' }), RevisionId: version.revisionId };
  },
};
