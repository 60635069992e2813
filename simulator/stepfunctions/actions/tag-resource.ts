import type { TagResourceInput, TagResourceOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';
import { taggedMachine } from './tagged-machine.ts';

export const tagResource: ActionDefinition<StepFunctionsService, TagResourceInput, TagResourceOutput> = {
  permissions: (_service, input) => [{ action: 'states:TagResource', resource: input.resourceArn ?? '*' }],
  run: (service, input) => {
    const { tags } = taggedMachine(service, input.resourceArn);
    for (const { key, value } of input.tags ?? []) tags.set(key ?? '', value ?? '');
    return {};
  },
};
