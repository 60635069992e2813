import type { CreateSubnetRequest, CreateSubnetResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { Ec2Service } from '../ec2-service.ts';
import type { Subnet } from '../subnet.ts';
import { subnetView } from './describe-subnets.ts';

export const createSubnet: ActionDefinition<Ec2Service, CreateSubnetRequest, CreateSubnetResult> = {
  refuses: [
    'AvailabilityZoneId',
    'DryRun',
    'Ipv4IpamPoolId',
    'Ipv4NetmaskLength',
    'Ipv6CidrBlock',
    'Ipv6IpamPoolId',
    'Ipv6Native',
    'Ipv6NetmaskLength',
    'OutpostArn',
  ],
  partly: 'the VPC and what else lies in it are not looked at',
  run: (service, input) => {
    const block = input.CidrBlock ?? '';
    const prefixLength = Number(/^(?:\d{1,3}\.){3}\d{1,3}\/(\d{1,2})$/.exec(block)?.[1] ?? Number.NaN);
    if (Number.isNaN(prefixLength))
      throw new AwsError('InvalidParameterValue', `Value (${block}) for parameter cidrBlock is invalid.`);
    // "The allowed block size is between a /28 netmask and /16 netmask."
    if (prefixLength < 16 || prefixLength > 28)
      throw new AwsError('InvalidSubnet.Range', `The CIDR '${block}' is invalid.`);
    const subnet: Subnet = {
      id: `subnet-${service.ctx.kernel.hex('ec2-subnet', 17)}`,
      vpcId: input.VpcId ?? '',
      block,
      prefixLength,
      zone: input.AvailabilityZone ?? `${service.ctx.region}a`,
      tags: new Map(
        (input.TagSpecifications ?? []).flatMap(({ Tags = [] }) =>
          Tags.map(({ Key = '', Value = '' }) => [Key, Value] as const),
        ),
      ),
      heldAddresses: 0,
    };
    service.subnets.set(subnet.id, subnet);
    return { Subnet: subnetView(service, subnet) };
  },
};
