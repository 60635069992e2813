import type { BurstLease } from './state.ts';

/**
 * Why a burst needs an execution that goes on with it: its own ended without closing it, and its Fargate tasks would be
 * paid for without end. One that hands over may have ended before its successor took the lease: whichever of the
 * successor and the guardian's start is admitted first goes on, and the other one ends.
 */
export const guardBurst = (lease: BurstLease | undefined, holderRuns: boolean): string | undefined =>
  lease && !holderRuns ? `The execution of burst ${lease.burstId} ended and had not closed it.` : undefined;
