import type { DescribeSubnetsRequest, DescribeSubnetsResult, Subnet as SubnetView } from '@aws-sdk/client-ec2';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { Ec2Service } from '../ec2-service.ts';
import type { Subnet } from '../subnet.ts';

export const describeSubnets: ActionDefinition<Ec2Service, DescribeSubnetsRequest, DescribeSubnetsResult> = {
  refuses: ['DryRun'],
  partly: 'filters other than by `availability-zone`, `subnet-id`, `tag:…` and `vpc-id`',
  run: (service, input) => {
    const chosen = input.SubnetIds?.length
      ? input.SubnetIds.map((id) => service.subnet(id))
      : [...service.subnets.values()];
    const found = chosen.filter((subnet) =>
      (input.Filters ?? []).every(({ Name = '', Values = [] }) => Values.includes(memberOf(subnet, Name))),
    );
    const start = input.NextToken === undefined ? 0 : Number.parseInt(input.NextToken, 36);
    if (!Number.isInteger(start) || start < 0)
      throw new AwsError('InvalidParameterValue', `Value (${input.NextToken}) for parameter nextToken is invalid.`);
    const end = start + (input.MaxResults ?? 1_000);
    return {
      Subnets: found.slice(start, end).map((subnet) => subnetView(service, subnet)),
      ...(end < found.length ? { NextToken: end.toString(36) } : {}),
    };
  },
};

const memberOf = (subnet: Subnet, filter: string): string => {
  if (filter.startsWith('tag:')) return subnet.tags.get(filter.slice(4)) ?? '';
  switch (filter) {
    case 'subnet-id':
      return subnet.id;
    case 'vpc-id':
      return subnet.vpcId;
    case 'availability-zone':
      return subnet.zone;
    default:
      throw notModelled(`the filter ${filter} of DescribeSubnets`);
  }
};

export const subnetView = (service: Ec2Service, subnet: Subnet): SubnetView => ({
  AvailabilityZone: subnet.zone,
  AvailableIpAddressCount: service.availableAddresses(subnet),
  CidrBlock: subnet.block,
  DefaultForAz: false,
  MapPublicIpOnLaunch: false,
  OwnerId: service.ctx.accountId,
  State: 'available',
  SubnetArn: `arn:aws:ec2:${service.ctx.region}:${service.ctx.accountId}:subnet/${subnet.id}`,
  SubnetId: subnet.id,
  Tags: [...subnet.tags].map(([Key, Value]) => ({ Key, Value })),
  VpcId: subnet.vpcId,
});
