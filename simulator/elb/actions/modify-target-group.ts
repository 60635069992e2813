import type { ModifyTargetGroupInput, ModifyTargetGroupOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { withHealthCheck } from '../health-check-settings.ts';
import { onResources } from '../permissions.ts';
import { describeTargetGroup } from '../views.ts';

/** The next check of each target is made with the new settings; what was counted so far stays. */
export const modifyTargetGroup: ActionDefinition<ElbService, ModifyTargetGroupInput, ModifyTargetGroupOutput> = {
  partly: 'health checks on another port or over another protocol than HTTP',
  ...onResources('ModifyTargetGroup', (input) => [input.TargetGroupArn]),
  run: (service, input) => {
    const group = service.targetGroup(input.TargetGroupArn);
    group.healthCheck = withHealthCheck(group.healthCheck, input, group.port);
    return { TargetGroups: [describeTargetGroup(group, service.loadBalancersOf(group.arn))] };
  },
};
