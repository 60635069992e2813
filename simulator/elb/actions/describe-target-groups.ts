import type { DescribeTargetGroupsInput, DescribeTargetGroupsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { page } from '../page.ts';
import type { TargetGroup } from '../target-group.ts';
import { describeTargetGroup } from '../views.ts';

export const describeTargetGroups: ActionDefinition<ElbService, DescribeTargetGroupsInput, DescribeTargetGroupsOutput> =
  {
    run: (service, input) => {
      const { items, ...next } = page(asked(service, input), input);
      return {
        TargetGroups: items.map((group) => describeTargetGroup(group, service.loadBalancersOf(group.arn))),
        ...next,
      };
    },
  };

const asked = (service: ElbService, input: DescribeTargetGroupsInput): readonly TargetGroup[] => {
  const all = [...service.targetGroups.values()];
  if (input.TargetGroupArns?.length) return input.TargetGroupArns.map((arn) => service.targetGroup(arn));
  if (input.Names?.length)
    return input.Names.map((name) => {
      const named = all.find((group) => group.name === name);
      if (!named) throw elbErrors.targetGroupNotFound();
      return named;
    });
  if (!input.LoadBalancerArn) return all;
  const { arn } = service.loadBalancer(input.LoadBalancerArn);
  return all.filter((group) => service.loadBalancersOf(group.arn).includes(arn));
};
