import type { ListTargetsByRuleRequest, ListTargetsByRuleResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';
import { page } from '../page.ts';
import { onRule } from './on-rule.ts';

export const listTargetsByRule: ActionDefinition<EventsService, ListTargetsByRuleRequest, ListTargetsByRuleResponse> = {
  permissions: onRule('ListTargetsByRule', 'Rule'),
  run: (service, input) => {
    const rule = service.rule(input.Rule, input.EventBusName);
    const { items, next } = page([...rule.targets.values()], input.Limit, input.NextToken);
    return { Targets: structuredClone([...items]), NextToken: next };
  },
};
