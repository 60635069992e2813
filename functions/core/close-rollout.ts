import type { Control, End, Release, RolloutRecord, Unsettled } from './state.ts';

type Holder = { readonly executionArn: string };

export const isHeldBy = (control: Control, { executionArn }: Holder): boolean =>
  control.rollout?.executionArn === executionArn;

/** The control item after a commit; undefined when the lease is not this execution's any more. */
export const commitRelease = (control: Control, holder: Holder, release: Release): Control | undefined => {
  if (!isHeldBy(control, holder)) return undefined;
  const { rollout: _rollout, unsettled: _unsettled, ...rest } = control;
  return { ...rest, release };
};

/**
 * The control item after a rollout that did not complete. What dead rollouts left stays until every twin was brought to
 * one place; a failed way back, or a newer rollout that takes over between two waves, adds what this one left.
 */
export const releaseLease = (
  control: Control,
  holder: Holder,
  end: Pick<End, 'verdict' | 'cause'>,
  record: Pick<RolloutRecord, 'before' | 'taskDefinitions'> | undefined,
): Control | undefined => {
  if (!isHeldBy(control, holder)) return undefined;
  const { rollout: _rollout, unsettled, ...rest } = control;
  const left = leftBehind(unsettled, end, record);
  return left ? { ...rest, unsettled: left } : rest;
};

const leftBehind = (
  unsettled: Unsettled | undefined,
  end: Pick<End, 'verdict' | 'cause'>,
  record: Pick<RolloutRecord, 'before' | 'taskDefinitions'> | undefined,
): Unsettled | undefined => {
  if (end.verdict === 'rolled-back') return undefined;
  if (end.verdict !== 'rollback-failed' && end.cause !== 'at-safe-point') return unsettled;
  return {
    before: { ...record?.before, ...unsettled?.before },
    taskDefinitions: [
      ...new Set([...(unsettled?.taskDefinitions ?? []), ...Object.values(record?.taskDefinitions ?? {})]),
    ],
  };
};
