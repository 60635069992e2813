import { type Invariant, moveOf } from '../invariant.ts';

/** Fences rise: once a rollout has written, no rollout of a lower fence may write any more. */
export const oneAtATime = (): Invariant => {
  let highest = { fence: 0, rolloutId: 'none' };
  return {
    rule: 'never two rollouts of one service act at once',
    onWrite: (_facts, call) => {
      const move = moveOf(call);
      if (!move) return [];
      const { fence, rolloutId } = move.rollout;
      if (fence < highest.fence || (fence === highest.fence && rolloutId !== highest.rolloutId))
        return [
          `${rolloutId} moved ${move.step.twin} with fence ${fence} after ${highest.rolloutId} with fence ${highest.fence}`,
        ];
      highest = { fence, rolloutId };
      return [];
    },
  };
};
