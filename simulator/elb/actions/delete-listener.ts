import type { DeleteListenerInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';

export const deleteListener: ActionDefinition<ElbService, DeleteListenerInput, void> = {
  ...onResources('DeleteListener', (input) => [input.ListenerArn]),
  run: (service, input) => {
    service.deleteListener(service.listener(input.ListenerArn));
    service.refreshUse();
  },
};
