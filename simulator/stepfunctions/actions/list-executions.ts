import type { ListExecutionsInput, ListExecutionsOutput } from '@aws-sdk/client-sfn';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { stepFunctionsErrors } from '../errors.ts';
import { page } from '../page.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/** Newest first. */
export const listExecutions: ActionDefinition<StepFunctionsService, ListExecutionsInput, ListExecutionsOutput> = {
  partly: 'map runs, redrives',
  permissions: (_service, input) => [{ action: 'states:ListExecutions', resource: input.stateMachineArn ?? '*' }],
  run: (service, input) => {
    if (input.mapRunArn !== undefined) throw notModelled('map runs');
    if (input.redriveFilter !== undefined) throw notModelled('redrives of executions');
    if (input.stateMachineArn === undefined) throw stepFunctionsErrors.missing('stateMachineArn');
    const machine = service.machine(input.stateMachineArn);
    const found = [...service.executions()]
      .filter(
        ({ machine: { arn }, status }) =>
          arn === machine.arn && (input.statusFilter === undefined || status === input.statusFilter),
      )
      .reverse();
    const { items, nextToken } = page(found, { ...input, defaultResults: 100 });
    return {
      executions: items.map(({ arn, name, status, startMs, stopMs }) => ({
        executionArn: arn,
        stateMachineArn: machine.arn,
        name,
        status,
        startDate: new Date(startMs),
        ...(stopMs === undefined ? {} : { stopDate: new Date(stopMs) }),
        redriveCount: 0,
      })),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
};
