import type { GetTemplateInput, GetTemplateOutput } from '@aws-sdk/client-cloudformation';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudFormationService } from '../cloudformation-service.ts';
import { onStack } from '../stack-requests.ts';

export const getTemplate: ActionDefinition<CloudFormationService, GetTemplateInput, GetTemplateOutput> = {
  refuses: ['ChangeSetName', 'TemplateStage'],
  permissions: onStack('GetTemplate'),
  run: (service, input) => ({
    TemplateBody: service.stack(input.StackName ?? '').template.body,
    StagesAvailable: ['Original', 'Processed'],
  }),
};
