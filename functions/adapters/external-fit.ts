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
 * Whether the machines have room for a release. One call of ECS where it is not known what a task takes of what runs now,
 * else none.
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
  const asked = facts.desiredCount > 0 && runningCount + pendingCount > 0 && old === undefined;
  const running = asked ? taskNeedOf(await readBlueprint(ecs, taskDefinition)) : old;
  return judgeFit({ ...facts, old: running, machines });
};
