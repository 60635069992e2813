import type { UntagResourceInput, UntagResourceOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';
import { taggedMachine } from './tagged-machine.ts';

export const untagResource: ActionDefinition<StepFunctionsService, UntagResourceInput, UntagResourceOutput> = {
  permissions: (_service, input) => [{ action: 'states:UntagResource', resource: input.resourceArn ?? '*' }],
  run: (service, input) => {
    const { tags } = taggedMachine(service, input.resourceArn);
    for (const key of input.tagKeys ?? []) tags.delete(key);
    return {};
  },
};
