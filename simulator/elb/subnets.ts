import type { CreateLoadBalancerInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { elbErrors } from './errors.ts';

/** The subnets of a request, by either of the members that can name them. @throws AwsError */
export const subnetsOf = (input: Pick<CreateLoadBalancerInput, 'Subnets' | 'SubnetMappings'>): readonly string[] => {
  const subnets = input.Subnets ?? (input.SubnetMappings ?? []).map(({ SubnetId = '' }) => SubnetId);
  if (new Set(subnets).size < 2)
    throw elbErrors.validation('At least two subnets in two different Availability Zones must be specified');
  return [...subnets];
};
