import type { DeleteRuleInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { onResources } from '../permissions.ts';

export const deleteRule: ActionDefinition<ElbService, DeleteRuleInput, void> = {
  ...onResources('DeleteRule', (input) => [input.RuleArn]),
  run: (service, input) => {
    const rule = service.rule(input.RuleArn);
    if (rule.priority === undefined)
      throw elbErrors.operationNotPermitted(`Default rule '${rule.arn}' cannot be deleted`);
    service.rules.delete(rule.arn);
    service.refreshUse();
  },
};
