import type { SendTaskHeartbeatInput, SendTaskHeartbeatOutput } from '@aws-sdk/client-sfn';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/** Restarts the heartbeat's clock. The task's timeout runs on, and the history does not show it. */
export const sendTaskHeartbeat: ActionDefinition<
  StepFunctionsService,
  SendTaskHeartbeatInput,
  SendTaskHeartbeatOutput
> = {
  permissions: (service, input) => service.tokens.permissions('states:SendTaskHeartbeat', input.taskToken),
  run: (service, input) => {
    service.tokens.find(input.taskToken).heartbeat();
    return {};
  },
};
