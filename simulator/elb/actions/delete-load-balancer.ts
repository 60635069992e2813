import type { DeleteLoadBalancerInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { onResources } from '../permissions.ts';

/** Takes its listeners and their rules along. One that is gone already counts as deleted (API_DeleteLoadBalancer). */
export const deleteLoadBalancer: ActionDefinition<ElbService, DeleteLoadBalancerInput, void> = {
  ...onResources('DeleteLoadBalancer', (input) => [input.LoadBalancerArn]),
  run: (service, input) => {
    const loadBalancer = service.loadBalancers.get(input.LoadBalancerArn ?? '');
    if (!loadBalancer) return;
    if (loadBalancer.attributes.is('deletion_protection.enabled'))
      throw elbErrors.operationNotPermitted(
        `Load balancer '${loadBalancer.arn}' cannot be deleted because deletion protection is enabled`,
      );
    for (const listener of [...service.listeners.values()])
      if (listener.loadBalancer === loadBalancer) service.deleteListener(listener);
    service.loadBalancers.delete(loadBalancer.arn);
    service.refreshUse();
  },
};
