import type { RegisterTargetsInput, RegisterTargetsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';

/** Tasks come through the port of the ECS service; behind an address that is only named here, nobody answers. */
export const registerTargets: ActionDefinition<ElbService, RegisterTargetsInput, RegisterTargetsOutput> = {
  ...onResources('RegisterTargets', (input) => [input.TargetGroupArn]),
  run: (service, input) => {
    const group = service.targetGroup(input.TargetGroupArn);
    const targets = input.Targets ?? [];
    for (const { Id } of targets) {
      if (!/^[\da-f.:]+$/i.test(Id ?? ''))
        throw new AwsError('InvalidTargetException', `The IP address '${Id}' is not a valid IP address`);
    }
    for (const { Id = '', Port } of targets) {
      // Registered again, a target stays what it is.
      if (group.targets.some(({ target, health }) => target.id === Id && health.state !== 'draining')) continue;
      group.register({
        id: Id,
        port: Port ?? group.port,
        request: () => Promise.reject(new Error(`nobody answers at ${Id}`)),
      });
    }
    return {};
  },
};
