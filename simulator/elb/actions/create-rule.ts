import type { CreateRuleInput, CreateRuleOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import type { Rule } from '../model.ts';
import { onResources } from '../permissions.ts';
import { checkPriority } from '../priority.ts';
import { readActions } from '../routing-action.ts';
import { readConditions } from '../rule-condition.ts';
import { readTags } from '../tags.ts';
import { describeRule } from '../views.ts';

export const createRule: ActionDefinition<ElbService, CreateRuleInput, CreateRuleOutput> = {
  partly:
    'transforms, conditions on query strings and source addresses, regular expressions, authentication, stickiness of target groups',
  ...onResources('CreateRule', (input) => [input.ListenerArn]),
  run: (service, input) => {
    const listener = service.listener(input.ListenerArn);
    if (input.Transforms?.length) throw notModelled('transforms of listener rules');
    const priority = checkPriority(input.Priority);
    const conditions = readConditions(input.Conditions);
    const action = readActions(input.Actions);
    const tags = readTags(input.Tags);
    if (service.rulesOf(listener).some((other) => other.priority === priority)) throw elbErrors.priorityInUse(priority);
    service.checkGroups(action, listener.loadBalancer);
    const path = listener.arn.split(':listener/')[1];
    const rule: Rule = {
      arn: service.arnOf(`listener-rule/${path}/${service.ctx.kernel.hex('elb.rule', 16)}`),
      listener,
      tags,
      priority,
      conditions,
      action,
    };
    service.rules.set(rule.arn, rule);
    service.refreshUse();
    return { Rules: [describeRule(rule)] };
  },
};
