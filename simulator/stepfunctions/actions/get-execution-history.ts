import type { GetExecutionHistoryInput, GetExecutionHistoryOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import { page } from '../page.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

export const getExecutionHistory: ActionDefinition<
  StepFunctionsService,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput
> = {
  permissions: (_service, input) => [{ action: 'states:GetExecutionHistory', resource: input.executionArn ?? '*' }],
  run: (service, input) => {
    const { events } = service.execution(input.executionArn).history;
    const ordered = input.reverseOrder ? events.toReversed() : events;
    const { items, nextToken } = page(ordered, { ...input, defaultResults: 100 });
    return {
      events: items.map((event) => copyOf(event, input.includeExecutionData ?? true)),
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  },
};

/** Members of event details that hold data of the execution. */
const dataMembers = ['input', 'output', 'parameters', 'assignedVariables'];

const copyOf = (event: HistoryEvent, includeData: boolean): HistoryEvent => {
  const copy = structuredClone(event);
  if (includeData) return copy;
  for (const details of Object.values(copy)) {
    if (typeof details !== 'object' || details instanceof Date) continue;
    for (const member of dataMembers) delete (details as unknown as Record<string, unknown>)[member];
  }
  return copy;
};
