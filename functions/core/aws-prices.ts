/**
 * What AWS charges in US dollars, each price with the day on which it was read and the page that shows the Region's own: us-east-1,
 * Linux on x86, without free tiers and discounts. The one place where prices stand. Those pages fill in their tables by script, so
 * most was read in what others print of AWS's price list.
 */
export const awsPrices = {
  fargateVcpuHour: { usd: 0.04048, readOn: '2026-09-23', page: 'https://aws.amazon.com/fargate/pricing/' },
  fargateGibHour: { usd: 0.004445, readOn: '2026-09-23', page: 'https://aws.amazon.com/fargate/pricing/' },
  /** Of a Standard workflow; a retry is one, too. */
  stateTransition: { usd: 0.000025, readOn: '2026-09-23', page: 'https://aws.amazon.com/step-functions/pricing/' },
  lambdaCall: { usd: 0.0000002, readOn: '2026-09-23', page: 'https://aws.amazon.com/lambda/pricing/' },
  lambdaArmGibSecond: { usd: 0.0000133334, readOn: '2026-09-23', page: 'https://aws.amazon.com/lambda/pricing/' },
  trace: { usd: 0.000005, readOn: '2026-11-28', page: 'https://aws.amazon.com/xray/pricing/' },
  sqsCall: { usd: 0.0000004, readOn: '2026-09-23', page: 'https://aws.amazon.com/sqs/pricing/' },
  /** Of at most 1 KB. */
  tableWrite: { usd: 0.000000625, readOn: '2026-11-28', page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/' },
  /** Of at most 4 KB, strongly consistent. */
  tableRead: { usd: 0.000000125, readOn: '2026-11-28', page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/' },
  /** Events of AWS's own services cost nothing. */
  customEvent: { usd: 0.000001, readOn: '2026-09-23', page: 'https://aws.amazon.com/eventbridge/pricing/' },
  /** Taken in by a log group of the class Standard. */
  logsGb: { usd: 0.5, readOn: '2026-11-28', page: 'https://aws.amazon.com/cloudwatch/pricing/' },
  /** In either direction, to AWS's services in the same Region, too. The gateway's hours are paid for without a burst as well. */
  natGb: { usd: 0.045, readOn: '2026-11-28', page: 'https://aws.amazon.com/vpc/pricing/' },
  publicIpv4Hour: { usd: 0.005, readOn: '2026-11-28', page: 'https://aws.amazon.com/vpc/pricing/' },
} as const;

/** Fargate is billed by the second from the start of the image's pull, at least so many of each task. */
export const paidSecondsMin = 60;

/**
 * By how much a task on Fargate Spot is believed to be cheaper, where the configuration says nothing else. AWS sets that price
 * by supply and demand, "up to 70 %" below the one on demand (https://aws.amazon.com/fargate/pricing/ shows today's); half is
 * the dear end of the 50 to 70 % that were told of in 2026, so that a budget is rather kept too well.
 */
export const spotDiscount = 0.5;

/** US dollars for an hour of a vCPU and of a GiB. */
export interface FargatePrices {
  readonly vcpuHourUsd: number;
  readonly gibHourUsd: number;
}

export const fargatePrices: FargatePrices = {
  vcpuHourUsd: awsPrices.fargateVcpuHour.usd,
  gibHourUsd: awsPrices.fargateGibHour.usd,
};

/** US dollars for one hour of one task, at the prices of its service's configuration. */
export const taskHourUsd = ({
  cpuUnits,
  memoryMiB,
  burst,
}: {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly burst?: { readonly prices: FargatePrices } | undefined;
}): number => {
  const { vcpuHourUsd, gibHourUsd } = burst?.prices ?? fargatePrices;
  return (cpuUnits / 1_024) * vcpuHourUsd + (memoryMiB / 1_024) * gibHourUsd;
};

/** US dollars for one hour of one task on Fargate Spot, at a discount from 0 to 1. */
export const spotTaskHourUsd = (task: Parameters<typeof taskHourUsd>[0], discount: number): number =>
  taskHourUsd(task) * (1 - discount);
