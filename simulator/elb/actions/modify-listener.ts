import type { ModifyListenerInput, ModifyListenerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { checkListener } from '../listener-settings.ts';
import { onResources } from '../permissions.ts';
import { readActions } from '../routing-action.ts';
import { describeListener } from '../views.ts';

export const modifyListener: ActionDefinition<ElbService, ModifyListenerInput, ModifyListenerOutput> = {
  partly: 'TLS and other protocols than HTTP, authentication, stickiness of target groups',
  ...onResources('ModifyListener', (input) => [input.ListenerArn]),
  run: (service, input) => {
    const listener = service.listener(input.ListenerArn);
    const { loadBalancer } = listener;
    checkListener(input);
    const port = input.Port ?? listener.port;
    const taken = [...service.listeners.values()].some(
      (other) => other !== listener && other.loadBalancer === loadBalancer && other.port === port,
    );
    if (taken) throw elbErrors.duplicateListener(loadBalancer.arn);
    const defaultRule = service.defaultRuleOf(listener);
    if (input.DefaultActions?.length) {
      const action = readActions(input.DefaultActions);
      service.checkGroups(action, loadBalancer);
      defaultRule.action = action;
    }
    listener.port = port;
    service.refreshUse();
    return { Listeners: [describeListener(listener, defaultRule)] };
  },
};
