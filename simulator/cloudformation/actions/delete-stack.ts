import type { DeleteStackInput } from '@aws-sdk/client-cloudformation';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { letRun, onStack } from '../stack-requests.ts';
import { validationError } from '../validation-error.ts';

/** Deleting a stack that does not exist succeeds, as it does in an account. */
export const deleteStack: ActionDefinition<CloudFormationService, DeleteStackInput> = {
  refuses: ['DeletionMode', 'DeploymentConfig', 'RoleARN'],
  partly: 'resources to be retained',
  permissions: onStack('DeleteStack'),
  run: (service, input) => {
    if (input.RetainResources?.length) throw notModelled('RetainResources of DeleteStack');
    const stack = service.find(input.StackName ?? '');
    if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return;
    if (stack.status.endsWith('_IN_PROGRESS'))
      throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be deleted.`);
    letRun(service, service.delete(stack, input.ClientRequestToken));
  },
};
