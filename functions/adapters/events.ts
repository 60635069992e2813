import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ExpectedFailure } from '../core/errors.ts';

export type DetailType =
  | 'Spillway Rollout State Change'
  | 'Spillway Burst State Change'
  | 'Spillway Approval Requested'
  | 'Spillway Finding';

/**
 * Puts one event on the default bus. Repeated attempts may tell it more than once.
 * @throws ExpectedFailure `EventsNotAccepted`
 */
export const tell = async (
  events: Pick<EventBridgeClient, 'send'>,
  detailType: DetailType,
  executionArn: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const { FailedEntryCount, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        { Source: 'spillway', DetailType: detailType, Resources: [executionArn], Detail: JSON.stringify(detail) },
      ],
    }),
  );
  if ((FailedEntryCount ?? 0) > 0) {
    // PutEvents answers 200 for events that it did not take.
    const [entry] = Entries ?? [];
    throw new ExpectedFailure('EventsNotAccepted', `${entry?.ErrorCode ?? 'Unknown'}: ${entry?.ErrorMessage ?? ''}`);
  }
};
