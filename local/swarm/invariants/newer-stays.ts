import type { Facts } from '../facts.ts';
import { type Invariant, type Move, moveOf, short } from '../invariant.ts';

const second = (iso: string): number => Math.floor(Date.parse(iso) / 1_000);

/** When a rollout was asked for: at the push where one started it. Events carry whole seconds. */
const askedAt = ({ rollout }: Move): number => second(rollout.trigger.time ?? rollout.startedAt);

/**
 * When the release that stands was asked for. A refresh brings the same digest onto a new template or a twin that lacks
 * it: whoever pushed between the release and its refresh is newer than both.
 */
const askedForStanding = (facts: Facts): number => {
  const standing = facts.commits.at(-1)?.digest;
  for (const { digest, rolloutId } of facts.commits.toReversed()) {
    if (digest !== standing) break;
    const execution = facts.world.executions().find(({ name }) => name === rolloutId);
    const input = JSON.parse(execution?.inputText ?? '{}') as { trigger?: { time?: string }; refresh?: boolean };
    if (!input.refresh) return second(input.trigger?.time ?? new Date(execution?.startMs ?? 0).toISOString());
  }
  return Number.NEGATIVE_INFINITY;
};

export const newerStays = (): Invariant => ({
  rule: 'a newer release is never undone by an older one',
  onWrite: (facts, call) => {
    const move = moveOf(call);
    const newest = facts.commits.at(-1);
    if (!move || !newest || newest.rolloutId === move.rollout.rolloutId) return [];
    if (move.kind === 'forward') {
      const isOlder = move.rollout.digest !== newest.digest && askedAt(move) < askedForStanding(facts);
      return isOlder
        ? [
            `${move.rollout.rolloutId} moves ${move.step.twin} to ${short(move.rollout.digest)}, asked for before the release ${short(newest.digest)} of ${newest.rolloutId}`,
          ]
        : [];
    }
    const back = facts.digestOf(move.step.back.taskDefinition);
    const proved = facts.lastProved()?.digest;
    return back === proved
      ? []
      : [
          `${move.rollout.rolloutId} takes ${move.step.twin} back to ${short(back)}, and the last proved release is ${short(proved)}`,
        ];
  },
});
