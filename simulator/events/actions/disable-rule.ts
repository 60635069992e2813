import type { DisableRuleRequest } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';
import { onRule } from './on-rule.ts';

export const disableRule: ActionDefinition<EventsService, DisableRuleRequest, object> = {
  permissions: onRule('DisableRule'),
  run: (service, input) => {
    const rule = service.rule(input.Name, input.EventBusName);
    rule.state = 'DISABLED';
    service.arm(rule);
    return {};
  },
};
