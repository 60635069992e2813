import type { EnableRuleRequest } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';
import { onRule } from './on-rule.ts';

export const enableRule: ActionDefinition<EventsService, EnableRuleRequest, object> = {
  permissions: onRule('EnableRule'),
  run: (service, input) => {
    const rule = service.rule(input.Name, input.EventBusName);
    rule.state = 'ENABLED';
    service.arm(rule);
    return {};
  },
};
