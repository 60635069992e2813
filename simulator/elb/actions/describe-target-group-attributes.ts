import type {
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';

export const describeTargetGroupAttributes: ActionDefinition<
  ElbService,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput
> = {
  run: (service, input) => ({ Attributes: service.targetGroup(input.TargetGroupArn).attributes.list() }),
};
