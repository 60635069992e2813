import type { SetRulePrioritiesInput, SetRulePrioritiesOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import type { Rule } from '../model.ts';
import { onResources } from '../permissions.ts';
import { checkPriority } from '../priority.ts';
import { describeRule } from '../views.ts';

/** Sets all or none, so that two rules can change places. */
export const setRulePriorities: ActionDefinition<ElbService, SetRulePrioritiesInput, SetRulePrioritiesOutput> = {
  ...onResources('SetRulePriorities', (input) => (input.RulePriorities ?? []).map(({ RuleArn }) => RuleArn)),
  run: (service, input) => {
    const wanted = new Map<Rule, number>();
    for (const { RuleArn, Priority } of input.RulePriorities ?? []) {
      const rule = service.rule(RuleArn);
      if (rule.priority === undefined)
        throw elbErrors.operationNotPermitted(`Default rule '${rule.arn}' cannot be modified`);
      wanted.set(rule, checkPriority(Priority));
    }
    for (const [rule, priority] of wanted) {
      const taken = service
        .rulesOf(rule.listener)
        .some((other) => other !== rule && (wanted.get(other) ?? other.priority) === priority);
      if (taken) throw elbErrors.priorityInUse(priority);
    }
    for (const [rule, priority] of wanted) rule.priority = priority;
    return { Rules: [...wanted.keys()].map(describeRule) };
  },
};
