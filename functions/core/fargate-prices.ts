/**
 * What Fargate costs in US dollars: Linux on x86, on demand, us-east-1, as in AWS's price data fetched on 2026-09-23
 * (https://aws.amazon.com/fargate/pricing/ shows the Region's own). Billed by the second from the start of the image's
 * pull, at least one minute of each task.
 */
export const fargatePrices = { vcpuHourUsd: 0.04048, gibHourUsd: 0.004445 } as const;

/** US dollars for one hour of one task. */
export const taskHourUsd = (task: { readonly cpuUnits: number; readonly memoryMiB: number }): number =>
  (task.cpuUnits / 1_024) * fargatePrices.vcpuHourUsd + (task.memoryMiB / 1_024) * fargatePrices.gibHourUsd;
