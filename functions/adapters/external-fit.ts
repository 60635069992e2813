import { type FitJudgement, judgeFit, type ObservedMachine, type TaskNeed } from '../core/judge-fit.ts';
import { isFirstRelease } from '../core/rollout-plan.ts';
import type { TwinPlan } from '../core/state.ts';
import type { ClusterClient, DescribedTwin } from './ecs.ts';
import { readBlueprint, taskNeedOf } from './task-definition.ts';

export interface FitQuestion {
  readonly plan: TwinPlan;
  readonly observed: DescribedTwin;
  /** One task of the new revision. */
  readonly task: TaskNeed;
  /** One task of the running revision, where that is known without asking ECS. */
  readonly old: TaskNeed | undefined;
  readonly machines: readonly ObservedMachine[];
}

/**
 * Whether the machines have room for a release. One call of ECS where it is not known what a task takes of what runs now
 * and one has to stop first, else none: what fits into what is free fits whatever runs.
 */
export const readFit = async (
  ecs: ClusterClient,
  { plan, observed, task, old, machines }: FitQuestion,
): Promise<FitJudgement> => {
  const { twin, baseTasks } = plan;
  const { runningCount, pendingCount, desiredCount, percents } = observed;
  const taskDefinition = observed.primary?.taskDefinition ?? '';
  const facts = {
    twin,
    task,
    desiredCount: isFirstRelease(twin, { taskDefinition, desiredCount }) ? baseTasks : desiredCount,
    runningCount,
    pendingCount,
    percents,
  };
  const judged = judgeFit({ ...facts, old, machines });
  if (judged.kind === 'fits' || old !== undefined || runningCount + pendingCount === 0) return judged;
  return judgeFit({ ...facts, old: taskNeedOf(await readBlueprint(ecs, taskDefinition)), machines });
};
