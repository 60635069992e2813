import type { DescribeListenersInput, DescribeListenersOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import type { Listener } from '../model.ts';
import { page } from '../page.ts';
import { describeListener } from '../views.ts';

export const describeListeners: ActionDefinition<ElbService, DescribeListenersInput, DescribeListenersOutput> = {
  run: (service, input) => {
    const { items, ...next } = page(asked(service, input), input);
    return { Listeners: items.map((listener) => describeListener(listener, service.defaultRuleOf(listener))), ...next };
  },
};

const asked = (service: ElbService, input: DescribeListenersInput): readonly Listener[] => {
  if (input.ListenerArns?.length) return input.ListenerArns.map((arn) => service.listener(arn));
  if (!input.LoadBalancerArn)
    throw elbErrors.validation('You must specify either listener ARNs or a load balancer ARN');
  const loadBalancer = service.loadBalancer(input.LoadBalancerArn);
  return [...service.listeners.values()].filter((listener) => listener.loadBalancer === loadBalancer);
};
