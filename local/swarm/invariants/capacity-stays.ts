import type { Invariant } from '../invariant.ts';
import { moveOf } from '../invariant.ts';

/**
 * What the controller itself may do to capacity: nothing but raise a twin from 0 with its first release, and lower it
 * again when that release is taken back. How many tasks run meanwhile is ECS's business, within the percents it was given.
 */
export const capacityStays = (): Invariant => ({
  rule: 'a rollout lowers no desired count and stops no task of a service',
  onWrite: (facts, call) => {
    if (call.action === 'StopTask') {
      const { task = '' } = call.input as { task?: string };
      const found = [...(facts.world.world.cloud.ecs.clusters.get(facts.world.cluster)?.tasks.values() ?? [])];
      const stopped = found.find(({ arn, id }) => arn === task || id === task);
      return stopped?.service ? [`${call.folder} stopped a task of ${stopped.service.name}`] : [];
    }
    const move = moveOf(call);
    const { desiredCount } = call.input as { desiredCount?: number };
    if (!move || desiredCount === undefined) return [];
    const base = facts.world.baseCounts()[move.step.twin] ?? 0;
    const allowed = move.kind === 'forward' ? desiredCount >= base : facts.commits.length === 0;
    return allowed ? [] : [`${move.rollout.rolloutId} set the count of ${move.step.twin} to ${desiredCount}`];
  },
});
