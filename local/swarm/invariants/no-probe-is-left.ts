import type { Invariant } from '../invariant.ts';

/** A task beside the services serves nobody, and is paid for until somebody finds it. */
export const noProbeIsLeft = (): Invariant => ({
  rule: 'at rest no probe is left running',
  atRest: ({ world }) => world.strayTasks(),
  atTheEnd: ({ world }) => world.strayTasks(),
});
