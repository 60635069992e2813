import type { SetSubnetsInput, SetSubnetsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { onResources } from '../permissions.ts';
import { subnetsOf } from '../subnets.ts';
import { zonesOf } from '../views.ts';

export const setSubnets: ActionDefinition<ElbService, SetSubnetsInput, SetSubnetsOutput> = {
  refuses: ['EnablePrefixForIpv6SourceNat'],
  ...onResources('SetSubnets', (input) => [input.LoadBalancerArn]),
  run: (service, input) => {
    const loadBalancer = service.loadBalancer(input.LoadBalancerArn);
    loadBalancer.subnets = subnetsOf(input);
    if (input.IpAddressType) loadBalancer.ipAddressType = input.IpAddressType;
    return {
      AvailabilityZones: zonesOf(service.ctx, loadBalancer),
      IpAddressType: loadBalancer.ipAddressType as SetSubnetsOutput['IpAddressType'],
    };
  },
};
