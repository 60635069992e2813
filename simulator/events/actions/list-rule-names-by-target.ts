import type { ListRuleNamesByTargetRequest, ListRuleNamesByTargetResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';
import { page } from '../page.ts';

export const listRuleNamesByTarget: ActionDefinition<
  EventsService,
  ListRuleNamesByTargetRequest,
  ListRuleNamesByTargetResponse
> = {
  run: (service, input) => {
    const names = [...service.bus(input.EventBusName).rules.values()]
      .filter((rule) => [...rule.targets.values()].some((target) => target.Arn === input.TargetArn))
      .map((rule) => rule.name)
      .toSorted();
    const { items, next } = page(names, input.Limit, input.NextToken);
    return { RuleNames: [...items], NextToken: next };
  },
};
