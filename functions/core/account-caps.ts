import type { SpotShare } from './configuration.ts';
import { mostTasks } from './spot-share.ts';
import type { AccountCaps } from './state.ts';

/** Something that AWS did not tell, and the name of its error. */
export interface Unread {
  readonly error: string;
}

/** One reading of what an account and its network leave for Fargate. */
export interface SeenAccount {
  /** vCPUs that the account may run on Fargate at once: the quota L-3032A538. */
  readonly quotaVcpus: number | Unread;
  /** vCPUs of the Fargate tasks of our other services, on demand and on Spot. What else runs in the account is not known. */
  readonly otherVcpus: { readonly onDemand: number; readonly spot: number } | Unread;
  /** vCPUs that it may run on Fargate Spot at once: the quota L-36FBB829. Left out: the twin runs nothing there. */
  readonly spot?: { readonly share: SpotShare; readonly quotaVcpus: number | Unread } | undefined;
  /** Free addresses of the twin's subnets together. */
  readonly freeAddresses: number | Unread;
}

/** So long a reading is good for. */
const goodMs = 300_000;
/** And so long where it holds a burst back, or something could not be read. */
const bindingMs = 60_000;

/** Whether AWS is to be asked again: `desired` Fargate tasks are wanted now. */
export const asksAgain = (known: AccountCaps | undefined, desired: number, nowMs: number): boolean => {
  if (!known) return true;
  const { vcpuQuota = Number.POSITIVE_INFINITY, subnetAddresses = Number.POSITIVE_INFINITY, unread } = known;
  const binding = unread.length > 0 || desired >= Math.min(vcpuQuota, subnetAddresses);
  return nowMs - known.atMs >= (binding ? bindingMs : goodMs);
};

/**
 * The most tasks of `cpuUnits` each that a reading allows a twin, those that it has (`tasks`) included: the quotas count
 * them, and each holds an address. What could not be read is what it was when it last could, each figure by itself: a quota
 * that cannot be read takes nothing away from what is known of the other one. It bounds nothing before it was read once, since
 * ECS refuses what does not fit, and goes on asking for it; the figures that are known bound the burst all the same.
 */
export const toAccountCaps = (
  { quotaVcpus, spot, otherVcpus, freeAddresses }: SeenAccount,
  twin: { readonly tasks: number; readonly cpuUnits: number },
  known: AccountCaps | undefined,
  nowMs: number,
): AccountCaps => {
  const unread: string[] = [];
  const read = <Value>(value: Value | Unread, what: string): Value | undefined => {
    if (!isUnread(value)) return value;
    unread.push(`${what} could not be read (${value.error})`);
    return undefined;
  };
  const quota = read(quotaVcpus, "the account's Fargate vCPU quota");
  const spotQuota = spot && read(spot.quotaVcpus, "the account's Fargate Spot vCPU quota");
  const others = read(otherVcpus, "what other services use of the account's Fargate vCPU quota");
  const free = read(freeAddresses, "the subnets' free addresses");
  const last = known?.vcpus;
  const vcpus = {
    onDemand: quota ?? last?.onDemand,
    spot: spotQuota ?? last?.spot,
    others: others ?? last?.others,
  };
  const tasksOf = (total: number | undefined, used: number | undefined): number =>
    total === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(0, Math.floor(((total - (used ?? 0)) * 1_024) / twin.cpuUnits));
  const vcpuQuota = mostTasks(
    spot?.share,
    tasksOf(vcpus.onDemand, vcpus.others?.onDemand),
    tasksOf(vcpus.spot, vcpus.others?.spot),
  );
  const subnetAddresses = free === undefined ? known?.subnetAddresses : free + twin.tasks;
  return {
    atMs: nowMs,
    ...(vcpuQuota !== undefined && { vcpuQuota }),
    vcpus,
    ...(subnetAddresses !== undefined && { subnetAddresses }),
    unread,
  };
};

const isUnread = (value: unknown): value is Unread => typeof value === 'object' && 'error' in (value as object);

/** What a person is told beside a decision; empty where everything could be read. */
export const unreadSentence = ({ unread }: AccountCaps): string => {
  if (unread.length === 0) return '';
  const all = unread.join(', and ');
  return ` ${all[0]?.toUpperCase()}${all.slice(1)}: caps are as far as they are known.`;
};
