import { ExpectedFailure } from './errors.ts';
import type { Control, Rollout } from './state.ts';

/** Whether an execution has the lease of a service, whichever fence it has been told. */
export const isHeldBy = ({ rollout }: Control, { executionArn }: { readonly executionArn: string }): boolean =>
  rollout?.executionArn === executionArn;

/**
 * Before a rollout writes: its lease may have been taken over, with a higher fence, also by an execution that goes on with
 * the same rollout.
 * @throws ExpectedFailure `FenceLost`
 */
export const checkFence = (control: Control, { rolloutId, fence }: Pick<Rollout, 'rolloutId' | 'fence'>): void => {
  if (control.rollout?.rolloutId === rolloutId && control.fence === fence) return;
  throw new ExpectedFailure(
    'FenceLost',
    `${control.service} is held by ${control.rollout?.rolloutId ?? 'nobody'} now, under fence ${control.fence}.`,
  );
};

/**
 * Before a burst sets a count: another execution may have gone on with it.
 * @throws ExpectedFailure `FenceLost`
 */
export const checkBurst = (
  { service, burst }: Control,
  { burstId, executionArn }: { readonly burstId: string; readonly executionArn: string },
): void => {
  if (burst?.burstId === burstId && burst.executionArn === executionArn) return;
  throw new ExpectedFailure('FenceLost', `${service} is held by ${burst?.executionArn ?? 'nobody'} now.`);
};
