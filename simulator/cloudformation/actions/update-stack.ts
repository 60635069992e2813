import type { UpdateStackInput, UpdateStackOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { letRun, onStack, stackRequest } from '../stack-requests.ts';
import { validationError } from '../validation-error.ts';

export const updateStack: ActionDefinition<CloudFormationService, UpdateStackInput, UpdateStackOutput> = {
  refuses: [
    'DeploymentConfig',
    'DisableValidation',
    'ResourceTypes',
    'RoleARN',
    'StackPolicyBody',
    'StackPolicyURL',
    'StackPolicyDuringUpdateBody',
    'StackPolicyDuringUpdateURL',
  ],
  partly:
    'templates in YAML or given by `TemplateURL`, macros (`Transform`), template functions beyond those of our templates',
  permissions: onStack('UpdateStack'),
  run: async (service, input) => {
    const stack = service.find(input.StackName ?? '');
    if (!stack) throw validationError(`Stack [${input.StackName}] does not exist`);
    const update = await service.update(stack, stackRequest(input, stack));
    if (!update) throw validationError('No updates are to be performed.');
    letRun(service, update.ended);
    return { StackId: stack.id };
  },
};
