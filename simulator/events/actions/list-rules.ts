import type { ListRulesRequest, ListRulesResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';
import { page } from '../page.ts';
import { ruleView } from './describe-rule.ts';

export const listRules: ActionDefinition<EventsService, ListRulesRequest, ListRulesResponse> = {
  run: (service, input) => {
    const rules = [...service.bus(input.EventBusName).rules.values()]
      .filter((rule) => rule.name.startsWith(input.NamePrefix ?? ''))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = page(rules, input.Limit, input.NextToken);
    return { Rules: items.map(ruleView), NextToken: next };
  },
};
