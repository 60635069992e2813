import type { RemoveTargetsRequest, RemoveTargetsResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';
import { onRule } from './on-rule.ts';

export const removeTargets: ActionDefinition<EventsService, RemoveTargetsRequest, RemoveTargetsResponse> = {
  permissions: onRule('RemoveTargets', 'Rule'),
  run: (service, input) => {
    const rule = service.rule(input.Rule, input.EventBusName);
    for (const id of input.Ids ?? []) rule.targets.delete(id);
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
};
