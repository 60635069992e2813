/**
 * The least Fargate work that any controller could have done, without the cost of starting tasks: what the premises
 * cannot pick up within the deadline. The backlog, in seconds of work, is reflected at what the premises pick up in
 * `deadlineSeconds`; what would go beyond it must run elsewhere, and is known as it arrives.
 *
 * @param arrivedWorkSeconds seconds of work that arrived in each step of `stepSeconds`
 * @returns task-seconds of Fargate
 */
export const workBound = (
  arrivedWorkSeconds: ArrayLike<number>,
  limits: {
    readonly stepSeconds: number;
    /** The same at all times, or one number for each step. */
    readonly externalSlots: number | ArrayLike<number>;
    readonly deadlineSeconds: number;
  },
): number => {
  const { stepSeconds, externalSlots, deadlineSeconds } = limits;
  let backlog = 0;
  let over = 0;
  for (let step = 0; step < arrivedWorkSeconds.length; step += 1) {
    const slots = typeof externalSlots === 'number' ? externalSlots : (externalSlots[step] ?? 0);
    const most = slots * deadlineSeconds;
    backlog = Math.max(0, backlog + (arrivedWorkSeconds[step] as number) - slots * stepSeconds);
    over += Math.max(0, backlog - most);
    backlog = Math.min(backlog, most);
  }
  return over;
};
