import type { CreateListenerInput, CreateListenerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { checkListener } from '../listener-settings.ts';
import type { Listener, Rule } from '../model.ts';
import { onResources } from '../permissions.ts';
import { readActions } from '../routing-action.ts';
import { readTags } from '../tags.ts';
import { describeListener } from '../views.ts';

export const createListener: ActionDefinition<ElbService, CreateListenerInput, CreateListenerOutput> = {
  partly: 'TLS and other protocols than HTTP, authentication, stickiness of target groups',
  ...onResources('CreateListener', (input) => [input.LoadBalancerArn]),
  run: (service, input) => {
    const { kernel } = service.ctx;
    const loadBalancer = service.loadBalancer(input.LoadBalancerArn);
    checkListener(input);
    if (!input.Protocol) throw elbErrors.validation('A listener protocol must be specified');
    if (input.Port === undefined) throw elbErrors.validation('A listener port must be specified');
    const action = readActions(input.DefaultActions);
    const tags = readTags(input.Tags);
    const { Tags: _, ...settings } = input;
    const request = JSON.stringify(settings);
    const existing = [...service.listeners.values()].find(
      (other) => other.loadBalancer === loadBalancer && other.port === input.Port,
    );
    if (existing) {
      if (existing.request !== request) throw elbErrors.duplicateListener(loadBalancer.arn);
      return { Listeners: [describeListener(existing, service.defaultRuleOf(existing))] };
    }
    service.checkGroups(action, loadBalancer);
    const path = `${loadBalancer.arn.split(':loadbalancer/')[1]}/${kernel.hex('elb.listener', 16)}`;
    const listener: Listener = {
      arn: service.arnOf(`listener/${path}`),
      loadBalancer,
      tags,
      request,
      port: input.Port,
    };
    const defaultRule: Rule = {
      arn: service.arnOf(`listener-rule/${path}/${kernel.hex('elb.rule', 16)}`),
      listener,
      tags: new Map(),
      priority: undefined,
      conditions: [],
      action,
    };
    service.listeners.set(listener.arn, listener);
    service.rules.set(defaultRule.arn, defaultRule);
    service.refreshUse();
    return { Listeners: [describeListener(listener, defaultRule)] };
  },
};
