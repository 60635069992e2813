import type { SetSecurityGroupsInput, SetSecurityGroupsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';

export const setSecurityGroups: ActionDefinition<ElbService, SetSecurityGroupsInput, SetSecurityGroupsOutput> = {
  refuses: ['EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic'],
  ...onResources('SetSecurityGroups', (input) => [input.LoadBalancerArn]),
  run: (service, input) => {
    const loadBalancer = service.loadBalancer(input.LoadBalancerArn);
    loadBalancer.securityGroups = [...(input.SecurityGroups ?? [])];
    return { SecurityGroupIds: [...loadBalancer.securityGroups] };
  },
};
