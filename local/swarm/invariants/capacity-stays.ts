import type { TwinTruth } from '../../rollouts/ground-truth.ts';
import type { Facts } from '../facts.ts';
import { mayComplete } from '../images.ts';
import type { Invariant } from '../invariant.ts';
import { moveOf } from '../invariant.ts';

const hour = 3_600_000;

/**
 * Whether nothing but rollouts of good images was done to a twin that was released: tasks of broken ones end by
 * themselves, an operator's count is theirs, and what runs on machines that are cut off is not the controller's doing.
 */
const isOnlyReleased = (facts: Facts, { twin, tasks }: TwinTruth): boolean => {
  const now = facts.world.now();
  return (
    facts.commits.some(({ proved }) => proved) &&
    !facts.wasDone('count', 0, now, twin) &&
    !facts.wasDone('task-definition', 0, now, twin) &&
    !facts.wasDone('cut', now, now, undefined, hour) &&
    !facts.wasDone('flap', now, now, undefined, hour) &&
    facts.images.every(({ kind }) => mayComplete(kind)) &&
    tasks.length > 0
  );
};

/**
 * What the controller itself may do to capacity: nothing but raise a twin from 0 with its first release, and lower it
 * again when that release is taken back. How many tasks run meanwhile is ECS's business, within the percents it was
 * given, which a second deployment into a first must not undercut.
 */
export const capacityStays = (): Invariant => ({
  rule: 'a rollout lowers no desired count, stops no task of a service and keeps the minimum of each twin running',
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
    // A twin that a site kept from the first release of its service gets its own first one on the site's return.
    const raised = facts.world.ecsWrites.some(({ call: before }) => {
      const raise = moveOf(before);
      const { desiredCount: to } = before.input as { desiredCount?: number };
      const same = raise?.rollout.rolloutId === move.rollout.rolloutId && raise.step.twin === move.step.twin;
      return same && raise.kind === 'forward' && to !== undefined;
    });
    const allowed = move.kind === 'forward' ? desiredCount >= base : raised || facts.commits.length === 0;
    return allowed ? [] : [`${move.rollout.rolloutId} set the count of ${move.step.twin} to ${desiredCount}`];
  },
  onTask: (facts) =>
    facts.world.truths().flatMap((truth) => {
      const { twin, desired, tasks } = truth;
      // ECS rounds up.
      const leastRunning = Math.ceil((desired * facts.world.minimumHealthyPercent(twin)) / 100);
      const running = tasks.filter((task) => task.running).length;
      if (running >= leastRunning || !isOnlyReleased(facts, truth)) return [];
      return [`${twin} runs ${running} of ${desired} tasks, and ${leastRunning} at least by its percents`];
    }),
});
