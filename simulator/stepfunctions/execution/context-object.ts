import type { Json, JsonObject } from '../json.ts';
import type { Execution } from './execution.ts';

/** `$states.context`. @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
export const contextObject = (
  execution: Execution,
  state: { readonly name: string; readonly enteredMs: number; readonly retryCount: number },
  map: JsonObject | undefined,
  token: string | undefined,
): Json => ({
  Execution: {
    Id: execution.arn,
    Input: execution.input.value,
    Name: execution.name,
    RoleArn: execution.machine.roleArn,
    StartTime: new Date(execution.startMs).toISOString(),
    RedriveCount: 0,
  },
  StateMachine: { Id: execution.machine.arn, Name: execution.machine.name },
  State: { Name: state.name, EnteredTime: new Date(state.enteredMs).toISOString(), RetryCount: state.retryCount },
  ...(map ? { Map: map } : {}),
  ...(token === undefined ? {} : { Task: { Token: token } }),
});
