import type { ListStateMachinesInput, ListStateMachinesOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import { page } from '../page.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

export const listStateMachines: ActionDefinition<
  StepFunctionsService,
  ListStateMachinesInput,
  ListStateMachinesOutput
> = {
  run: (service, input) => {
    const machines = [...service.machines.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, nextToken } = page(machines, { ...input, defaultResults: 100 });
    return {
      stateMachines: items.map(({ arn, name, createdMs }) => ({
        stateMachineArn: arn,
        name,
        type: 'STANDARD',
        creationDate: new Date(createdMs),
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
};
