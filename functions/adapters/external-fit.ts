import { type FitJudgement, fitsInPlace, judgeFit, type TaskNeed } from '../core/judge-fit.ts';
import { isFirstRelease } from '../core/rollout-plan.ts';
import type { TwinPlan } from '../core/state.ts';
import { type ClusterClient, type DescribedTwin, readMachines } from './ecs.ts';
import { readBlueprint, taskNeedOf } from './task-definition.ts';

export interface FitQuestion {
  readonly plan: TwinPlan;
  readonly observed: DescribedTwin;
  /** One task of the new revision. */
  readonly task: TaskNeed;
  /** One task of the running revision, where that is known without asking ECS. */
  readonly old: TaskNeed | undefined;
}

/**
 * Whether the machines have room for a release, with as few calls of ECS as it takes: none where the new task certainly
 * fits into the place of an old one, else one for what runs now, where that is not known, and two for the machines.
 */
export const readFit = async (
  ecs: ClusterClient,
  { plan, observed, task, old }: FitQuestion,
): Promise<FitJudgement> => {
  const { twin, baseTasks } = plan;
  const { runningCount, desiredCount, percents } = observed;
  const taskDefinition = observed.primary?.taskDefinition ?? '';
  const facts = {
    twin,
    task,
    desiredCount: isFirstRelease(twin, { taskDefinition, desiredCount }) ? baseTasks : desiredCount,
    runningCount,
    percents,
  };
  const asked = facts.desiredCount > 0 && runningCount > 0 && old === undefined;
  const running = asked ? taskNeedOf(await readBlueprint(ecs, taskDefinition)) : old;
  const machines = fitsInPlace({ ...facts, old: running }) ? [] : await readMachines(ecs, observed);
  return judgeFit({ ...facts, old: running, machines });
};
