import { type Peer, type PeerBounds, within } from './peer.ts';

export interface FixedBurstSettings extends PeerBounds {
  /** Visible messages at which the alarm is raised, looked at once a minute. */
  readonly alarmMessages: number;
  /** Tasks beyond the premises while it stands. */
  readonly tasks: number;
}

/** An alarm that starts a fixed number of Fargate tasks, and ends them when it is quiet again: the usual script. */
export const fixedBurst = (settings: FixedBurstSettings): Peer<undefined> => ({
  metric: 'minute',
  everySeconds: 60,
  initial: undefined,
  decide: ({ visible }) => ({
    desired: within(settings.minTasks + (visible >= settings.alarmMessages ? settings.tasks : 0), settings),
    state: undefined,
  }),
});
