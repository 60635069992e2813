import type { DescribeRulesInput, DescribeRulesOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { page } from '../page.ts';
import { describeRule } from '../views.ts';

export const describeRules: ActionDefinition<ElbService, DescribeRulesInput, DescribeRulesOutput> = {
  run: (service, input) => {
    if (!input.RuleArns?.length && !input.ListenerArn)
      throw elbErrors.validation('You must specify either listener rule ARNs or a listener ARN');
    const rules = input.RuleArns?.length
      ? input.RuleArns.map((arn) => service.rule(arn))
      : service.rulesOf(service.listener(input.ListenerArn));
    const { items, ...next } = page(rules, input);
    return { Rules: items.map(describeRule), ...next };
  },
};
