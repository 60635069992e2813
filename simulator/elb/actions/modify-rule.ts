import type { ModifyRuleInput, ModifyRuleOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { onResources } from '../permissions.ts';
import { readActions } from '../routing-action.ts';
import { readConditions } from '../rule-condition.ts';
import { describeRule } from '../views.ts';

/** What the request leaves out stays as it was. */
export const modifyRule: ActionDefinition<ElbService, ModifyRuleInput, ModifyRuleOutput> = {
  refuses: ['ResetTransforms'],
  partly:
    'transforms, conditions on query strings and source addresses, regular expressions, authentication, stickiness of target groups',
  ...onResources('ModifyRule', (input) => [input.RuleArn]),
  run: (service, input) => {
    const rule = service.rule(input.RuleArn);
    if (rule.priority === undefined)
      throw elbErrors.operationNotPermitted(`Default rule '${rule.arn}' cannot be modified`);
    if (input.Transforms?.length) throw notModelled('transforms of listener rules');
    const conditions = input.Conditions?.length ? readConditions(input.Conditions) : rule.conditions;
    if (input.Actions?.length) {
      const action = readActions(input.Actions);
      service.checkGroups(action, rule.listener.loadBalancer);
      rule.action = action;
    }
    rule.conditions = conditions;
    service.refreshUse();
    return { Rules: [describeRule(rule)] };
  },
};
