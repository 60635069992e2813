import type {
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';

export const modifyTargetGroupAttributes: ActionDefinition<
  ElbService,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput
> = {
  partly:
    'stickiness, slow start, algorithms other than round robin, anomaly mitigation, thresholds of target group health',
  ...onResources('ModifyTargetGroupAttributes', (input) => [input.TargetGroupArn]),
  run: (service, input) => {
    const { attributes } = service.targetGroup(input.TargetGroupArn);
    attributes.set(input.Attributes ?? []);
    return { Attributes: attributes.list() };
  },
};
