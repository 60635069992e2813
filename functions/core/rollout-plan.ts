import { capacitiesOf, releaseFamily, type ServiceConfiguration, templateFamily, twinName } from './configuration.ts';
import type { Control, ProbePlan, Release, Resting, Step, TwinPlan, Unsettled } from './state.ts';

export interface PlanFacts {
  /** In the order of the waves. */
  readonly twins: readonly TwinPlan[];
  /** Where each twin was before this rollout. */
  readonly before: Readonly<Record<string, Resting>>;
  /** Registered for this rollout, by twin. */
  readonly taskDefinitions: Readonly<Record<string, string>>;
  /** How each twin may be probed. */
  readonly probes: Readonly<Record<string, ProbePlan>>;
  /** The last proved release. */
  readonly release: Release | undefined;
  /** The current release, which nothing may have proved. */
  readonly current: Release | undefined;
  readonly unsettled: Unsettled | undefined;
}

export interface Plan {
  readonly steps: readonly Step[];
  /**
   * Which twins a way back must visit: those that were touched, or all of them after a take-over and where one stands on a
   * release that nothing proved, since the others go further back than that.
   */
  readonly backFrom: 'touched' | 'all';
}

/** The twins of a service as a rollout plans them, in the order of its waves. */
export const plannedTwins = (service: string, configuration: ServiceConfiguration): readonly TwinPlan[] =>
  capacitiesOf(configuration).map((capacity) => {
    const twin = twinName(service, capacity, configuration);
    const family = releaseFamily(service, capacity, configuration);
    return { twin, capacity, baseTasks: configuration[capacity]?.baseTasks ?? 0, ...(family !== twin && { family }) };
  });

const familyOf = (taskDefinition: string): string => {
  const name = taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
  return name.slice(0, name.lastIndexOf(':'));
};

/** Whether a twin was never released: it stands at count 0 on its template. */
export const isFirstRelease = (twin: string, { taskDefinition, desiredCount }: Resting): boolean =>
  familyOf(taskDefinition) === templateFamily(twin) && desiredCount === 0;

/**
 * One step for each twin. The way back leads to the last proved release; a twin without one goes back to where it was.
 * A twin that was never released is raised to its base in the call that moves it, and lowered again in the call that
 * takes it back.
 */
export const planRollout = (facts: PlanFacts): Plan => ({
  backFrom: facts.unsettled || standsUnproved(facts) ? 'all' : 'touched',
  steps: facts.twins.map(({ twin, capacity, baseTasks }) => {
    const before = facts.unsettled?.before[twin] ?? facts.before[twin];
    const to = facts.taskDefinitions[twin];
    if (!before || !to) throw new TypeError(`${twin} was not observed or has no task definition`);
    const here = facts.before[twin];
    const probe = facts.probes[twin];
    const back = facts.release?.taskDefinitions[twin] ?? before.taskDefinition;
    const first = isFirstRelease(twin, before);
    return {
      twin,
      capacity,
      to: { taskDefinition: to, ...(first && { desiredCount: baseTasks }) },
      back: { taskDefinition: back, ...(first && { desiredCount: 0 }) },
      overtaken: (facts.unsettled?.taskDefinitions ?? []).filter((arn) => arn !== to && arn !== back),
      desiredCount: first ? baseTasks : (here?.desiredCount ?? before.desiredCount),
      ...(probe && { probe }),
      ...(here?.launch && { launch: here.launch }),
      ours: [...new Set([to, back, before.taskDefinition, ...(facts.unsettled?.taskDefinitions ?? [])])],
    };
  }),
});

const standsUnproved = ({ twins, before, release, current }: PlanFacts): boolean =>
  twins.some(({ twin }) => {
    const here = current?.taskDefinitions[twin];
    const proved = release?.taskDefinitions[twin];
    return here !== undefined && proved !== undefined && here !== proved && before[twin]?.taskDefinition === here;
  });

/**
 * Whether a twin goes back to where it is seen at the start: it has no release, and no rollout left it half done. Where a
 * rollout had registered what is seen, it has taken the twin back from there since, and the read is late.
 */
export const goesBackToWhereSeen = (
  twin: string,
  { release, proved, unsettled }: Pick<Control, 'release' | 'proved' | 'unsettled'>,
): boolean =>
  [release, proved].every((each) => each?.taskDefinitions[twin] === undefined) && unsettled?.before[twin] === undefined;

/**
 * Whether the way back may write a twin: not when it is gone or someone else's. `primary` may be read late; what is
 * late is one of ours, and sending our own again is harmless.
 */
export const mayTakeBack = (step: Step, primary: string | undefined): boolean =>
  primary === undefined || step.ours.includes(primary);
