import type { Control, End } from './state.ts';
import { endOf } from './verdict.ts';

export interface Ending {
  readonly cause: 'calm' | 'time-over' | 'by-hand' | 'controller-error';
  readonly reason: string;
}

/**
 * Names the end of a burst. A move that failed was decided anew at the next look, so failures matter only where no look
 * came after them: when the controller could not look any more.
 */
export const concludeBurst = (ending: Ending, failedMoves: number): End => {
  if (ending.cause !== 'controller-error') return endOf('burst', 'recalled', ending.cause, ending.reason);
  return failedMoves > 0
    ? endOf(
        'burst',
        'recall-failed',
        'needs-a-person',
        `The controller could not look at the queue (${ending.reason}), nor set the counts back. A person must look.`,
      )
    : endOf(
        'burst',
        'recalled',
        'controller-error',
        `The controller could not look at the queue (${ending.reason}); the counts are back at the base.`,
      );
};

/** The control item without the burst; the same one when the burst is not this execution's any more. */
export const leaveBurst = (control: Control, burstId: string, executionArn: string): Control => {
  if (control.burst?.burstId !== burstId || control.burst.executionArn !== executionArn) return control;
  const { burst: _burst, ...rest } = control;
  return rest;
};
