import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { endLine } from '../core/rollout-story.ts';
import type { End, RolloutRecord } from '../core/state.ts';
import { tell } from './events.ts';
import { appendHistory } from './history.ts';
import { changeItem, rolloutKey, type TableClient } from './table.ts';

/**
 * Ends a rollout whose own execution cannot do so any more. The record is written last: until it has an end, somebody
 * finds it without one and does all of this again.
 */
export const endStoppedRollout = async (
  { table, events }: { readonly table: TableClient; readonly events: Pick<EventBridgeClient, 'send'> },
  record: RolloutRecord,
  end: End,
  endedAt: string,
): Promise<void> => {
  const { service, rolloutId, digest, executionArn, image, trigger, actor, startedAt, waves: twins } = record;
  await tell(events, 'Spillway Rollout State Change', executionArn, {
    service,
    rolloutId,
    digest,
    executionArn,
    state: 'ENDED',
    trigger,
    actor,
    startedAt,
    endedAt,
    ...end,
    image,
    twins,
  });
  await appendHistory(table, service, [endLine(record, end, endedAt)]);
  await changeItem<RolloutRecord>(table, rolloutKey(record), (old) =>
    old?.endedAt === undefined ? { ...record, ...old, ...end, endedAt } : old,
  );
};
