import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { JsonObject } from '../json.ts';
import type { Frame } from './frame.ts';
import type { Chain } from './history.ts';

/** A frame inside a state of `parent`. */
export const openFrame = (
  parent: Frame,
  chain: Chain,
  options: { readonly mapContext?: JsonObject; readonly iteration?: Frame['iteration'] } = {},
): Frame => {
  const frame: Frame = {
    machinery: parent.machinery,
    execution: parent.execution,
    chain,
    scope: parent.scope.child(),
    nested: true,
    mapContext: options.mapContext ?? parent.mapContext,
    variables: parent.variables,
    running: undefined,
    inner: new Set(),
    iteration: options.iteration,
  };
  parent.inner.add(frame);
  return frame;
};

/** What an aborted frame comes to. */
export const forever = new Promise<never>(() => {});

export const closeFrame = (parent: Frame, frame: Frame): void => {
  parent.inner.delete(frame);
  frame.scope.cancel();
};

const abortedEvents: Readonly<Record<string, HistoryEventType>> = {
  Task: 'TaskStateAborted',
  Wait: 'WaitStateAborted',
  Map: 'MapStateAborted',
  Parallel: 'ParallelStateAborted',
};

/** Stops every frame that still runs inside the current state, and records what each was doing, innermost first. */
export const abortInner = (parent: Frame): void => {
  for (const frame of parent.inner) {
    frame.scope.cancel();
    recordAbort(frame, parent.chain);
  }
  parent.inner.clear();
};

const recordAbort = (frame: Frame, chain: Chain): void => {
  for (const inner of frame.inner) recordAbort(inner, chain);
  const event = frame.running === undefined ? undefined : abortedEvents[frame.running];
  if (event) chain.appendBeside(event);
  if (frame.iteration) chain.appendBeside('MapIterationAborted', { mapIterationAbortedEventDetails: frame.iteration });
};
