import type { DeleteRuleRequest } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { validation } from '../errors.ts';
import type { EventsService } from '../events-service.ts';
import { onRule } from './on-rule.ts';

export const deleteRule: ActionDefinition<EventsService, DeleteRuleRequest, object> = {
  permissions: onRule('DeleteRule'),
  run: (service, input) => {
    const bus = service.bus(input.EventBusName);
    const rule = bus.rules.get(input.Name ?? '');
    if (!rule) return {};
    if (rule.targets.size > 0) throw validation("Rule can't be deleted since it has targets.");
    rule.timer?.cancel();
    bus.rules.delete(rule.name);
    return {};
  },
};
