import type { CancelUpdateStackInput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { onStack } from '../stack-requests.ts';

export const cancelUpdateStack: ActionDefinition<CloudFormationService, CancelUpdateStackInput> = {
  permissions: onStack('CancelUpdateStack'),
  run: (service, input) => service.cancelUpdate(service.stack(input.StackName ?? '')),
};
