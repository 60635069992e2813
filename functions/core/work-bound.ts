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
  limits: { readonly stepSeconds: number; readonly externalSlots: number; readonly deadlineSeconds: number },
): number => {
  const { stepSeconds, externalSlots, deadlineSeconds } = limits;
  const most = externalSlots * deadlineSeconds;
  let backlog = 0;
  let over = 0;
  for (let step = 0; step < arrivedWorkSeconds.length; step += 1) {
    backlog = Math.max(0, backlog + (arrivedWorkSeconds[step] as number) - externalSlots * stepSeconds);
    over += Math.max(0, backlog - most);
    backlog = Math.min(backlog, most);
  }
  return over;
};
