import type { DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { lastPart } from '../arns.ts';
import type { EcsService } from '../ecs-service.ts';
import { taskDefinitionView } from '../views.ts';

/** An INACTIVE revision starts nothing new, but services that use it go on replacing their tasks with it. */
export const deregisterTaskDefinition: ActionDefinition<
  EcsService,
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse
> = {
  run: (ecs, { taskDefinition }) => {
    if (!lastPart(taskDefinition ?? '').includes(':')) {
      throw new AwsError('InvalidParameterException', 'Revision is missing.');
    }
    const record = ecs.findTaskDefinition(taskDefinition);
    if (!record) throw new AwsError('ClientException', 'The specified task definition does not exist.');
    if (record.status === 'ACTIVE') {
      record.status = 'INACTIVE';
      record.deregisteredAtMs = ecs.ctx.kernel.now();
    }
    return { taskDefinition: taskDefinitionView(record) };
  },
};
