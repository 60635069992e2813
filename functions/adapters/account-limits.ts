import { DescribeSubnetsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { GetServiceQuotaCommand, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { ExpectedFailure } from '../core/errors.ts';
import type { DescribedTwin } from './ecs.ts';

/**
 * "Fargate On-Demand vCPU resource count" and "Fargate Spot vCPU resource count".
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 */
const vcpuQuotas = { onDemand: 'L-3032A538', spot: 'L-36FBB829' } as const;

/** vCPUs that the account may run on Fargate at once in this Region, on demand or on Spot. */
export const readFargateVcpuQuota = async (
  quotas: Pick<ServiceQuotasClient, 'send'>,
  kind: keyof typeof vcpuQuotas,
): Promise<number> => {
  const QuotaCode = vcpuQuotas[kind];
  const { Quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'fargate', QuotaCode }));
  if (Quota?.Value === undefined) throw new ExpectedFailure('UnexpectedAnswer', `The quota ${QuotaCode} has no value.`);
  return Quota.Value;
};

/** Addresses that are free in the subnets of a twin, all together: each of its tasks takes one. */
export const readFreeAddresses = async (ec2: Pick<EC2Client, 'send'>, twin: DescribedTwin): Promise<number> => {
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...twin.subnets] }));
  return (Subnets ?? []).reduce((sum, { AvailableIpAddressCount }) => sum + (AvailableIpAddressCount ?? 0), 0);
};
