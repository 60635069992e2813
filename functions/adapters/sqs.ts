import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A queue's depth now. The counts are approximate, and for a minute after a change they may be old. */
export const readDepth = async (
  sqs: Pick<SQSClient, 'send'>,
  queue: string,
): Promise<{ readonly visible: number; readonly inFlight: number }> => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
};

/** Messages that are visible on each of these queues. */
export const readDepths = async (
  sqs: Pick<SQSClient, 'send'>,
  queues: readonly string[],
): Promise<Readonly<Record<string, number>>> => {
  const depths: [string, number][] = [];
  for (const queue of queues) depths.push([queue, (await readDepth(sqs, queue)).visible]);
  return Object.fromEntries(depths);
};
