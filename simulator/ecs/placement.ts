import type { Attribute, PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { notModelled } from '../cloud/aws-error.ts';
import { subjectsOf } from './instance-subjects.ts';
import type { InstanceRecord, TaskDefinitionRecord } from './model.ts';
import { matchesExpression } from './placement-expression.ts';
import { requiredAttributes } from './required-attributes.ts';

export interface PlacementRequest {
  readonly taskDefinition: TaskDefinitionRecord;
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
  /** The group of the task: `distinctInstance` and the spread look at tasks of the same group. */
  readonly group: string;
}

export type Placement =
  | { readonly kind: 'placed'; readonly instance: InstanceRecord }
  | {
      readonly kind: 'no-room';
      /** As in events and `failures[]`. */
      readonly reason: string;
      /** What the service's event says after "Reason:" or instead of it. */
      readonly explanation: string;
      readonly refusals: readonly { readonly instance: InstanceRecord; readonly reason: string }[];
    };

export interface FreeResources {
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly hostPorts: ReadonlySet<number>;
}

/** Ports that every ECS host keeps for itself: ssh, docker, the agent. */
export const reservedPorts: readonly number[] = [22, 2375, 2376, 51678, 51679];

/** What the tasks on an instance leave free. */
export const freeResources = (instance: InstanceRecord): FreeResources => {
  let { cpuUnits, memoryMiB } = instance;
  const hostPorts = new Set<number>();
  for (const task of instance.tasks) {
    cpuUnits -= task.taskDefinition.cpuUnits;
    memoryMiB -= task.taskDefinition.memoryMiB;
    for (const port of task.taskDefinition.hostPorts) hostPorts.add(port);
  }
  return { cpuUnits, memoryMiB, hostPorts };
};

/** Finds the instance for one task, or says why none will do. Deterministic: ties go to the instance registered first. */
export const place = (instances: Iterable<InstanceRecord>, request: PlacementRequest): Placement => {
  const active = [...instances].filter((instance) => instance.status === 'ACTIVE');
  if (active.length === 0) {
    return {
      kind: 'no-room',
      reason: 'NO ACTIVE INSTANCES',
      explanation: 'Reason: No Container Instances were found in your cluster.',
      refusals: [],
    };
  }
  const required = requiredAttributes(request.taskDefinition);
  const judged = active.map((instance) => ({ instance, ...judge(instance, request, required) }));
  const fitting = judged.filter((candidate) => candidate.reason === undefined);
  if (fitting.length > 0) {
    const compare = comparison(request);
    const best = fitting.reduce((chosen, candidate) =>
      compare(candidate.instance, chosen.instance) < 0 ? candidate : chosen,
    );
    return { kind: 'placed', instance: best.instance };
  }
  const closest = judged.reduce((chosen, candidate) =>
    closeness(candidate) > closeness(chosen) ||
    (closeness(candidate) === closeness(chosen) && candidate.free.cpuUnits > chosen.free.cpuUnits)
      ? candidate
      : chosen,
  );
  const reason = closest.reason as string;
  return {
    kind: 'no-room',
    reason,
    explanation: `The closest matching (container-instance ${closest.instance.id}) ${complaint(reason)}`,
    refusals: judged.map((candidate) => ({ instance: candidate.instance, reason: candidate.reason as string })),
  };
};

const memberOfUnsatisfied = 'MemberOf placement constraint unsatisfied.';
const distinctUnsatisfied = 'DistinctInstance placement constraint unsatisfied.';

const judge = (
  instance: InstanceRecord,
  { taskDefinition, constraints, group }: PlacementRequest,
  required: readonly string[],
): { readonly reason: string | undefined; readonly free: FreeResources } => {
  const free = freeResources(instance);
  const reason = (): string | undefined => {
    if (!instance.agentConnected) return 'AGENT';
    for (const constraint of [...constraints, ...(taskDefinition.input.placementConstraints ?? [])]) {
      if (constraint.type === 'distinctInstance') {
        if ([...instance.tasks].some((task) => task.group === group)) return distinctUnsatisfied;
      } else if (!matchesExpression(constraint.expression ?? '', subjectsOf(instance))) {
        return memberOfUnsatisfied;
      }
    }
    const architecture = taskDefinition.input.runtimePlatform?.cpuArchitecture;
    if (architecture && attributeValue(instance.attributes, 'ecs.cpu-architecture') !== architecture.toLowerCase()) {
      return 'ATTRIBUTE';
    }
    const family = taskDefinition.input.runtimePlatform?.operatingSystemFamily;
    if (family && attributeValue(instance.attributes, 'ecs.os-family') !== family) return 'ATTRIBUTE';
    if (required.some((name) => !instance.attributes.some((attribute) => attribute.name === name))) return 'ATTRIBUTE';
    if (free.cpuUnits < taskDefinition.cpuUnits) return 'RESOURCE:CPU';
    if (free.memoryMiB < taskDefinition.memoryMiB) return 'RESOURCE:MEMORY';
    const taken = (port: number): boolean => reservedPorts.includes(port) || free.hostPorts.has(port);
    if (taskDefinition.hostPorts.some(taken)) return 'RESOURCE:PORTS';
    return undefined;
  };
  return { reason: reason(), free };
};

const attributeValue = (attributes: readonly Attribute[], name: string): string | undefined =>
  attributes.find((attribute) => attribute.name === name)?.value;

/** An instance that lacks only room matches more closely than one that may not run the task, or cannot be reached. */
const closeness = ({ reason }: { readonly reason: string | undefined }): number => {
  if (reason?.startsWith('RESOURCE:')) return 2;
  return reason === 'AGENT' ? 0 : 1;
};

const complaint = (reason: string): string => {
  switch (reason) {
    case 'RESOURCE:CPU':
      return 'has insufficient CPU units available.';
    case 'RESOURCE:MEMORY':
      return 'has insufficient memory available.';
    case 'RESOURCE:PORTS':
      return 'is already using a port required by your task.';
    case 'ATTRIBUTE':
      return 'is missing an attribute required by your task.';
    default:
      return `encountered error "${reason}".`;
  }
};

/** By the strategy, and spread over the instances by the number of the group's tasks where there is none (BC:ecs.CreateService). */
const comparison = ({ strategy, group }: PlacementRequest): ((a: InstanceRecord, b: InstanceRecord) => number) => {
  const tasksOf = (instance: InstanceRecord): number =>
    [...instance.tasks].filter((task) => task.group === group && task.desiredStatus === 'RUNNING').length;
  const bySpread = (a: InstanceRecord, b: InstanceRecord): number => tasksOf(a) - tasksOf(b);
  const steps = strategy.flatMap((step): ((a: InstanceRecord, b: InstanceRecord) => number)[] => {
    if (step.type === 'binpack') {
      const key = step.field?.toUpperCase() === 'CPU' ? 'cpuUnits' : 'memoryMiB';
      return [(a, b) => freeResources(a)[key] - freeResources(b)[key]];
    }
    if (step.type === 'spread') {
      // External instances have no availability zone: they all count as one.
      return step.field === 'attribute:ecs.availability-zone' ? [] : [bySpread];
    }
    throw notModelled(`the placement strategy '${step.type}'`);
  });
  if (steps.length === 0) steps.push(bySpread, (a, b) => a.tasks.size - b.tasks.size);
  return (a, b) => {
    for (const step of steps) {
      const order = step(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
};
