import type { DeleteServiceRequest, DeleteServiceResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import { onServices } from '../permissions.ts';
import { serviceView } from '../views.ts';

/** The service is DRAINING until its last task has stopped, then INACTIVE, and can be described for a while. */
export const deleteService: ActionDefinition<EcsService, DeleteServiceRequest, DeleteServiceResponse> = {
  permissions: (ecs, { cluster, service }) => onServices(ecs, 'DeleteService', cluster, [service]),
  run: (ecs, input) => {
    const service = ecs.serviceOf(ecs.clusterOf(input.cluster), input.service);
    if (service.status === 'INACTIVE') {
      throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    }
    if (service.desiredCount > 0 && !input.force) {
      throw new AwsError('InvalidParameterException', 'The service cannot be stopped while it is scaled above 0.');
    }
    ecs.staleness.note(service.arn, () => serviceView(ecs.arns, service));
    service.status = 'DRAINING';
    service.desiredCount = 0;
    ecs.scheduler.wake(service);
    return { service: serviceView(ecs.arns, service) };
  },
};
