/**
 * What Fargate costs in US dollars: Linux on x86, on demand, us-east-1, as in AWS's price data fetched on 2026-09-23
 * (https://aws.amazon.com/fargate/pricing/ shows the Region's own). Billed by the second from the start of the image's
 * pull, at least one minute of each task.
 */
export const fargatePrices = { vcpuHourUsd: 0.04048, gibHourUsd: 0.004445, paidSecondsMin: 60 } as const;

/**
 * By how much a task on Fargate Spot is believed to be cheaper, where the configuration says nothing else. AWS sets that price
 * by supply and demand, "up to 70 %" below the one on demand (https://aws.amazon.com/fargate/pricing/ shows today's); half is
 * the dear end of the 50 to 70 % that were told of in 2026, so that a budget is rather kept too well.
 */
export const spotDiscount = 0.5;

/**
 * What one look of a burst costs in US dollars, us-east-1, prices of 2026-09: five state transitions of Step Functions
 * ($0.025 a thousand), an assumed 0.3 s of a function of 512 MB on ARM ($0.0000133334 for a GB-second, $0.20 a million calls), four
 * calls of SQS ($0.40 a million), and ten units of DynamoDB (at most $0.625 a million). A move adds three transitions and a call.
 */
export const lookUsd = (5 * 0.025) / 1_000 + 0.3 * 0.5 * 0.0000133334 + (0.2 + 4 * 0.4 + 10 * 0.625) / 1_000_000;
export const moveUsd = (3 * 0.025) / 1_000 + 0.3 * 0.5 * 0.0000133334 + 0.2 / 1_000_000;

/** US dollars for one hour of one task. */
export const taskHourUsd = (task: { readonly cpuUnits: number; readonly memoryMiB: number }): number =>
  (task.cpuUnits / 1_024) * fargatePrices.vcpuHourUsd + (task.memoryMiB / 1_024) * fargatePrices.gibHourUsd;

/** US dollars for one hour of one task on Fargate Spot, at a discount from 0 to 1. */
export const spotTaskHourUsd = (task: Parameters<typeof taskHourUsd>[0], discount: number): number =>
  taskHourUsd(task) * (1 - discount);
