import type { Peer } from '../../functions/core/peers/peer.ts';
import type { WorldMaterial } from '../virtual/world.ts';
import { drawArrivals } from './arrivals.ts';
import { type ConditionName, conditions, fargateOf } from './conditions.ts';
import { solveOffline } from './offline-plan.ts';
import { type Measures, measure, type ReplayOutcome, type Step } from './outcome.ts';
import { alternatives, offlineReplay } from './policies.ts';
import { prepareReplay, replayConfiguration, replayController } from './replay-controller.ts';
import { replayPeer } from './replay-peer.ts';
import type { Premises } from './traffic.ts';

/** One draw of one load under one objective, for several policies. */
export interface Cell extends Premises {
  readonly trace: string;
  readonly coverage: number;
  /** Expected messages in each second, scaled to the premises. */
  readonly rates: Float64Array;
  readonly seed: number;
  readonly step?: Step;
  readonly condition: ConditionName;
  readonly policies: readonly string[];
  /** Messages sent earlier are not asked whether they were late. */
  readonly countFromSeconds: number;
}

export interface CellResult {
  readonly boundTaskSeconds: number;
  readonly workTaskSeconds: number;
  readonly measures: Readonly<Record<string, Measures>>;
  /** Policies that could not be measured, and why. */
  readonly failures: Readonly<Record<string, string>>;
  /** CPU seconds of the whole cell, and of the controller's replay in the simulator. */
  readonly cpuSeconds: number;
  readonly controllerCpuSeconds: number;
}

export const ours = 'spillway';
export const planReplayed = 'offline plan, replayed';

const cpuSeconds = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
};

/** Materials are costly, and the same for all cells of one configuration. */
const materials = new Map<string, Promise<WorldMaterial>>();
const materialFor = (premises: Premises, believedSeconds: number): Promise<WorldMaterial> => {
  const configuration = replayConfiguration(premises, believedSeconds);
  const key = JSON.stringify(configuration);
  const known = materials.get(key);
  if (known) return known;
  const made = prepareReplay(configuration);
  materials.set(key, made);
  return made;
};

const hostsOfPremises = 3;

export const runCell = async (
  cell: Cell,
  listen: {
    readonly onOutcome?: (policy: string, outcome: ReplayOutcome) => void;
    /** What our controller tells on the bus, with the seconds since the load began. */
    readonly onTold?: (seconds: number, detail: Readonly<Record<string, unknown>>) => void;
  } = {},
): Promise<CellResult> => {
  const startedCpu = cpuSeconds();
  const condition = conditions[cell.condition];
  const { externalSlots, serviceSeconds, deadlineSeconds, seed } = cell;
  const fargate = fargateOf(condition);
  const arrivals = drawArrivals(cell.rates, serviceSeconds, seed);
  let plan = await solveOffline(arrivals, cell, fargate);
  let lostAtSeconds = Number.POSITIVE_INFINITY;
  const left = externalSlots - Math.ceil(externalSlots / hostsOfPremises);
  const slotsAt = (seconds: number): number => (seconds < lostAtSeconds ? externalSlots : left);
  if (condition.hostLost) {
    const most = plan.ready.reduce((best, tasks, bin) => (tasks > (plan.ready[best] as number) ? bin : best), 0);
    lostAtSeconds = most * plan.binSeconds;
    plan = await solveOffline(arrivals, cell, fargate, slotsAt);
  }
  const peers: Readonly<Record<string, Peer<unknown>>> = {
    ...alternatives(cell),
    [planReplayed]: offlineReplay(plan, externalSlots, fargate),
  };
  const measures: Record<string, Measures> = {};
  const failures: Record<string, string> = {};
  const take = (policy: string, outcome: ReplayOutcome): void => {
    measures[policy] = measure(outcome, arrivals, {
      deadlineSeconds,
      paidSeconds: fargate.paidSeconds,
      step: cell.step,
      countFromSeconds: cell.countFromSeconds,
    });
    listen.onOutcome?.(policy, outcome);
  };
  let controllerCpuSeconds = 0;
  for (const policy of cell.policies) {
    if (policy === ours) {
      const material = await materialFor(cell, condition.believedShare * serviceSeconds);
      const before = cpuSeconds();
      try {
        take(
          policy,
          await replayController({
            material,
            arrivals,
            externalSlots,
            seed,
            condition,
            lostAtSeconds,
            ...(listen.onTold && { onTold: listen.onTold }),
          }),
        );
      } catch (error) {
        // The others' figures stand without ours.
        failures[policy] = error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
      controllerCpuSeconds = cpuSeconds() - before;
      continue;
    }
    const peer = peers[policy];
    if (!peer) throw new Error(`there is no policy '${policy}'`);
    take(policy, replayPeer(peer, { arrivals, externalSlots, fargate, seed, externalSlotsAt: slotsAt }));
  }
  return {
    boundTaskSeconds: plan.taskSeconds,
    workTaskSeconds: plan.workTaskSeconds,
    measures,
    failures,
    cpuSeconds: cpuSeconds() - startedCpu,
    controllerCpuSeconds,
  };
};

export const policyNames = [
  ...Object.keys(alternatives({ externalSlots: 1, serviceSeconds: 1, deadlineSeconds: 1 })),
  planReplayed,
  ours,
] as const;
