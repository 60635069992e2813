import type { DeleteSubnetRequest } from '@aws-sdk/client-ec2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { Ec2Service } from '../ec2-service.ts';

export const deleteSubnet: ActionDefinition<Ec2Service, DeleteSubnetRequest, object> = {
  refuses: ['DryRun'],
  partly: 'what still lies in the subnet is not looked at',
  run: (service, input) => {
    service.subnets.delete(service.subnet(input.SubnetId ?? '').id);
    return {};
  },
};
