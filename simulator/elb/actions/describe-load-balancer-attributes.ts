import type {
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';

export const describeLoadBalancerAttributes: ActionDefinition<
  ElbService,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput
> = {
  run: (service, input) => ({ Attributes: service.loadBalancer(input.LoadBalancerArn).attributes.list() }),
};
