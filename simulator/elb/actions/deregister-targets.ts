import type { DeregisterTargetsInput, DeregisterTargetsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';

export const deregisterTargets: ActionDefinition<ElbService, DeregisterTargetsInput, DeregisterTargetsOutput> = {
  ...onResources('DeregisterTargets', (input) => [input.TargetGroupArn]),
  run: (service, input) => {
    const group = service.targetGroup(input.TargetGroupArn);
    const ids = (input.Targets ?? []).map(({ Id }) => Id ?? '');
    const missing = ids.filter((id) => !group.targets.some(({ target }) => target.id === id));
    if (missing.length > 0)
      throw new AwsError(
        'InvalidTargetException',
        `The following targets are not registered to the target group: ${missing.map((id) => `'${id}'`).join(', ')}`,
      );
    for (const id of ids) group.deregister(id, () => undefined);
    return {};
  },
};
