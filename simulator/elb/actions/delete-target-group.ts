import type { DeleteTargetGroupInput, DeleteTargetGroupOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { onResources } from '../permissions.ts';

/** One that is gone already counts as deleted. */
export const deleteTargetGroup: ActionDefinition<ElbService, DeleteTargetGroupInput, DeleteTargetGroupOutput> = {
  ...onResources('DeleteTargetGroup', (input) => [input.TargetGroupArn]),
  run: (service, input) => {
    const group = service.targetGroups.get(input.TargetGroupArn ?? '');
    if (!group) return {};
    if (service.loadBalancersOf(group.arn).length > 0) throw elbErrors.targetGroupInUse(group.arn);
    service.targetGroups.delete(group.arn);
    group.close();
    return {};
  },
};
