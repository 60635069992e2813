import type {
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';

export const modifyLoadBalancerAttributes: ActionDefinition<
  ElbService,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput
> = {
  partly: 'balancing within each zone only, the client port in X-Forwarded-For',
  ...onResources('ModifyLoadBalancerAttributes', (input) => [input.LoadBalancerArn]),
  run: (service, input) => {
    const { attributes } = service.loadBalancer(input.LoadBalancerArn);
    attributes.set(input.Attributes ?? []);
    return { Attributes: attributes.list() };
  },
};
