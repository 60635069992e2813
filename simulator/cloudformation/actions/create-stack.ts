import type { CreateStackInput, CreateStackOutput } from '@aws-sdk/client-cloudformation';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { letRun, onStack, stackRequest } from '../stack-requests.ts';

export const createStack: ActionDefinition<CloudFormationService, CreateStackInput, CreateStackOutput> = {
  refuses: [
    'DeploymentConfig',
    'DisableValidation',
    'ResourceTypes',
    'RoleARN',
    'StackPolicyBody',
    'StackPolicyURL',
    'TimeoutInMinutes',
  ],
  partly:
    'templates in YAML or given by `TemplateURL`, macros (`Transform`), template functions beyond those of our templates, `OnFailure` with DELETE',
  permissions: onStack('CreateStack'),
  run: async (service, input) => {
    if (input.OnFailure === 'DELETE') throw notModelled('OnFailure DELETE of CreateStack');
    const request = stackRequest({
      ...input,
      DisableRollback: input.DisableRollback ?? input.OnFailure === 'DO_NOTHING',
    });
    const { stack, ended } = await service.create(input.StackName ?? '', request);
    letRun(service, ended);
    return { StackId: stack.id };
  },
};
