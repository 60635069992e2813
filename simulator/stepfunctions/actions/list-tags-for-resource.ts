import type { ListTagsForResourceInput, ListTagsForResourceOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';
import { taggedMachine } from './tagged-machine.ts';

export const listTagsForResource: ActionDefinition<
  StepFunctionsService,
  ListTagsForResourceInput,
  ListTagsForResourceOutput
> = {
  permissions: (_service, input) => [{ action: 'states:ListTagsForResource', resource: input.resourceArn ?? '*' }],
  run: (service, input) => ({
    tags: [...taggedMachine(service, input.resourceArn).tags].map(([key, value]) => ({ key, value })),
  }),
};
