import type {
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import type { LoadBalancer } from '../model.ts';
import { page } from '../page.ts';
import { describeLoadBalancer } from '../views.ts';

export const describeLoadBalancers: ActionDefinition<
  ElbService,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput
> = {
  run: (service, input) => {
    const { items, ...next } = page(asked(service, input), input);
    return { LoadBalancers: items.map((loadBalancer) => describeLoadBalancer(service.ctx, loadBalancer)), ...next };
  },
};

const asked = (service: ElbService, input: DescribeLoadBalancersInput): readonly LoadBalancer[] => {
  const all = [...service.loadBalancers.values()];
  if (input.LoadBalancerArns?.length) return input.LoadBalancerArns.map((arn) => service.loadBalancer(arn));
  if (!input.Names?.length) return all;
  return input.Names.map((name) => {
    const named = all.find((loadBalancer) => loadBalancer.name === name);
    if (!named) throw elbErrors.loadBalancerNotFound(name);
    return named;
  });
};
