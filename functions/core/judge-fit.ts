import { isStuck } from './configuration.ts';
import type { Cause } from './verdict.ts';

/** What one task takes of a machine. */
export interface TaskNeed {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** Fixed ports of the host, each with its protocol: `8080/tcp`. Those that ECS chooses are always free. */
  readonly hostPorts: readonly string[];
  /** As the attribute `ecs.cpu-architecture` says it: `x86_64` or `arm64`. */
  readonly architecture: string;
}

/** An ACTIVE machine on which the twin's tasks may be placed. */
export interface ObservedMachine {
  readonly name: string;
  readonly connected: boolean;
  readonly architecture: string;
  readonly freeCpuUnits: number;
  readonly freeMemoryMiB: number;
  /** What tasks have of it, whoever's. */
  readonly usedCpuUnits: number;
  readonly usedMemoryMiB: number;
  readonly takenPorts: readonly string[];
}

export interface FitFacts {
  readonly twin: string;
  /** One task of the new revision. */
  readonly task: TaskNeed;
  /** One task of what runs now; undefined where nothing runs, or nobody knows what it takes. */
  readonly old: TaskNeed | undefined;
  /** The count that the deployment is for. */
  readonly desiredCount: number;
  /** Tasks of the twin that run now. */
  readonly runningCount: number;
  /** Tasks of the twin that have a place already and do not run yet. */
  readonly pendingCount: number;
  readonly percents: { readonly minimumHealthyPercent: number; readonly maximumPercent: number };
  readonly machines: readonly ObservedMachine[];
}

export type FitJudgement =
  | { readonly kind: 'fits'; readonly reason: string }
  | {
      readonly kind: 'no-fit';
      readonly cause: Extract<Cause<'rollout', 'refused'>, `no-fit-${string}`>;
      readonly reason: string;
      /** Whether a machine that does not answer now would have room. */
      readonly ifBack: boolean;
    }
  /** No machine can be asked: what fits is not known. */
  | { readonly kind: 'away'; readonly reason: string };

/**
 * Old tasks that ECS may stop before it starts a new one. It rounds the minimum up; what is pending counts for no minimum,
 * and leaves as soon as its deployment is replaced.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export const stoppableFirst = ({
  desiredCount,
  runningCount,
  pendingCount,
  percents,
}: Pick<FitFacts, 'desiredCount' | 'runningCount' | 'pendingCount' | 'percents'>): number =>
  pendingCount + Math.max(0, runningCount - Math.ceil((desiredCount * percents.minimumHealthyPercent) / 100));

const isWithin = (task: TaskNeed, old: TaskNeed): boolean =>
  task.cpuUnits <= old.cpuUnits &&
  task.memoryMiB <= old.memoryMiB &&
  task.architecture === old.architecture &&
  task.hostPorts.every((port) => old.hostPorts.includes(port));

/**
 * Whether it fits whatever else is on the machines: nothing is to be placed, or an old task may stop first and the new
 * one takes no more than it left.
 */
export const fitsInPlace = (facts: Omit<FitFacts, 'machines' | 'twin'>): boolean =>
  facts.desiredCount === 0 || (facts.old !== undefined && isWithin(facts.task, facts.old) && stoppableFirst(facts) > 0);

/** In the order in which they are looked at, as ECS does: the further a machine comes, the closer it matches. */
const obstacles = ['no-fit-architecture', 'no-fit-cpu', 'no-fit-memory', 'no-fit-port'] as const;
type Obstacle = (typeof obstacles)[number];

/** What keeps a task off a machine that has so many tasks less of the old kind. */
const obstacleOn = (machine: ObservedMachine, task: TaskNeed, old: TaskNeed, stopped: number): Obstacle | undefined => {
  if (machine.architecture !== task.architecture) return 'no-fit-architecture';
  if (machine.freeCpuUnits + stopped * old.cpuUnits < task.cpuUnits) return 'no-fit-cpu';
  if (machine.freeMemoryMiB + stopped * old.memoryMiB < task.memoryMiB) return 'no-fit-memory';
  const freed = stopped > 0 ? old.hostPorts : [];
  return task.hostPorts.some((port) => machine.takenPorts.includes(port) && !freed.includes(port))
    ? 'no-fit-port'
    : undefined;
};

/** Old tasks that may be on a machine at most, by what is used there. */
const oldTasksOn = (machine: ObservedMachine, old: TaskNeed): number => {
  const counts = [
    ...(old.cpuUnits > 0 ? [Math.floor(machine.usedCpuUnits / old.cpuUnits)] : []),
    ...(old.memoryMiB > 0 ? [Math.floor(machine.usedMemoryMiB / old.memoryMiB)] : []),
  ];
  const most = counts.length > 0 ? Math.min(...counts) : 0;
  return old.hostPorts.every((port) => machine.takenPorts.includes(port)) ? most : 0;
};

/**
 * Whether ECS can place at least one task of the new revision on the connected machines, so that a deployment can move:
 * in what is free, or in the place of those old ones that may stop first. On which machines the old tasks are is not
 * asked, so only what certainly fits nowhere is refused. Percents that allow neither are `isStuck`'s to find.
 */
export const judgeFit = (facts: FitFacts): FitJudgement => {
  const { twin, task, desiredCount, runningCount, pendingCount, machines } = facts;
  if (desiredCount === 0) return { kind: 'fits', reason: `${twin} rests at desired count 0: no task is to be placed.` };
  if (fitsInPlace(facts))
    return { kind: 'fits', reason: `A task of ${twin} stops first, and the new one takes no more than it leaves.` };
  const connected = machines.filter((machine) => machine.connected);
  if (connected.length === 0)
    return { kind: 'away', reason: `None of the ${machines.length} machines for ${twin} is connected.` };
  const none = { cpuUnits: 0, memoryMiB: 0, hostPorts: [], architecture: task.architecture };
  const old = facts.old ?? none;
  const stoppable = facts.old ? stoppableFirst(facts) : 0;
  const obstacleTo = (machine: ObservedMachine): Obstacle | undefined =>
    obstacleOn(machine, task, old, Math.min(stoppable, oldTasksOn(machine, old)));
  const found = connected.map(obstacleTo);
  const index = found.indexOf(undefined);
  const host = connected[index];
  if (host) return { kind: 'fits', reason: `A task of ${twin} finds room on ${host.name}.` };
  const obstacle = [...obstacles].reverse().find((each) => found.includes(each)) as Obstacle;
  const how =
    stoppable > 0
      ? `even when ${stoppable} of ${runningCount + pendingCount} old tasks ${stoppable === 1 ? 'stops' : 'stop'} first`
      : 'and no old task may stop first';
  const reason = `${sentenceOf(obstacle, facts, connected)}, ${how}.`;
  const ifBack = machines.some((machine) => !machine.connected && obstacleTo(machine) === undefined);
  return { kind: 'no-fit', cause: obstacle, reason, ifBack };
};

const sentenceOf = (obstacle: Obstacle, { twin, task }: FitFacts, connected: readonly ObservedMachine[]): string => {
  const most = (free: (machine: ObservedMachine) => number): number =>
    Math.max(...connected.filter(({ architecture }) => architecture === task.architecture).map(free));
  const where = `${connected.length} connected ${connected.length === 1 ? 'machine' : 'machines'}`;
  switch (obstacle) {
    case 'no-fit-architecture':
      return `A task of ${twin} is built for ${task.architecture}, and none of ${where} is`;
    case 'no-fit-cpu':
      return `A task of ${twin} takes ${task.cpuUnits} CPU units, and of ${where} none has more than ${most(({ freeCpuUnits }) => freeCpuUnits)} free`;
    case 'no-fit-memory':
      return `A task of ${twin} takes ${task.memoryMiB} MiB of memory, and of ${where} none with enough CPU has it free`;
    case 'no-fit-port':
      return `A task of ${twin} takes the host ports ${task.hostPorts.join(', ')}, and on each of ${where} that has room one of them is taken`;
  }
};

/** Why a deployment of a twin could never move at the count that it has now; undefined where it can. */
export const deadlockOf = ({
  twin,
  desiredCount,
  percents,
}: Pick<FitFacts, 'twin' | 'desiredCount' | 'percents'>): string | undefined =>
  isStuck(desiredCount, percents)
    ? `At its count of ${desiredCount} ECS could neither stop nor start a task of ${twin}: ${percents.minimumHealthyPercent} % must stay healthy and ${percents.maximumPercent} % may run, which both are ${desiredCount}.`
    : undefined;
