import type { Trigger } from './state.ts';

/** The time that a trigger gives of a push, whatever it is; of anything else no time counts, since anybody may write it. */
export const pushTime = ({ kind, finding, time }: Trigger): unknown =>
  kind === 'push' || (kind === 'reconciler' && finding === 'push') ? time : undefined;

/**
 * When a start was asked for, as an ISO time: at its push where it tells of one, else at its own start. Never later than
 * that: a push to come would be newer than every start until then.
 */
export const askedAt = (trigger: Trigger, startedAt: string): string => {
  const time = pushTime(trigger);
  return typeof time === 'string' && Date.parse(time) < Date.parse(startedAt) ? time : startedAt;
};
