import { requiredText, tagList, text } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

export const ec2Subnet: ResourceProvider = {
  type: 'AWS::EC2::Subnet',
  // That addresses are handed out to the outside changes nothing where there is no network.
  properties: ['AvailabilityZone', 'CidrBlock', 'MapPublicIpOnLaunch', 'Tags', 'VpcId'],
  attributes: [
    'AvailabilityZone',
    'AvailabilityZoneId',
    'CidrBlock',
    'Ipv6CidrBlocks',
    'NetworkAclAssociationId',
    'SubnetId',
    'VpcId',
  ],
  replacedBy: ['AvailabilityZone', 'CidrBlock', 'VpcId'],
  create: async (context, properties) => {
    const zone = text(properties, 'AvailabilityZone');
    const { Subnet } = await context.call<{ Subnet: { SubnetId: string; AvailabilityZone: string } }>(
      'ec2',
      'CreateSubnet',
      {
        VpcId: requiredText(properties, 'VpcId'),
        CidrBlock: requiredText(properties, 'CidrBlock'),
        ...(zone === undefined ? {} : { AvailabilityZone: zone }),
        TagSpecifications: [{ ResourceType: 'subnet', Tags: tagList(properties) }],
      },
    );
    return {
      physicalId: Subnet.SubnetId,
      attributes: {
        AvailabilityZone: Subnet.AvailabilityZone,
        AvailabilityZoneId: 'use1-az1',
        CidrBlock: requiredText(properties, 'CidrBlock'),
        Ipv6CidrBlocks: [],
        NetworkAclAssociationId: `aclassoc-${context.hex(17)}`,
        SubnetId: Subnet.SubnetId,
        VpcId: requiredText(properties, 'VpcId'),
      },
    };
  },
  update: async (_context, { before }) => before,
  delete: async (context, existing) => {
    await context.call('ec2', 'DeleteSubnet', { SubnetId: existing.physicalId });
  },
};
