import type { Control } from './state.ts';

export interface GuardFacts {
  /** Whether the execution that holds the lease runs. */
  readonly holderRuns: boolean;
  /** Whether the newest start still runs, where twins are unsettled and nobody holds the lease: it will go on with them. */
  readonly newestRuns: boolean;
}

export type GuardDecision = { readonly kind: 'nothing' } | { readonly kind: 'take-back'; readonly reason: string };

/** Whether something of a service was left half done that nobody goes on with. */
export const guardRollout = (control: Control, facts: GuardFacts): GuardDecision => {
  const { rollout, unsettled } = control;
  if (rollout) {
    if (facts.holderRuns) return { kind: 'nothing' };
    return { kind: 'take-back', reason: `The execution of rollout ${rollout.rolloutId} ended and had not closed it.` };
  }
  if (!unsettled || facts.newestRuns) return { kind: 'nothing' };
  // The reconciler starts what waits for a site, on its return.
  if (unsettled.needsPerson || unsettled.awaitsSite) return { kind: 'nothing' };
  return { kind: 'take-back', reason: 'Twins were left half done, and no rollout goes on with them.' };
};
