import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { AwsError } from '../cloud/aws-error.ts';
import { sqsErrors } from './errors.ts';

interface BatchAnswer<Result> {
  readonly Successful: readonly Result[];
  readonly Failed?: readonly BatchResultErrorEntry[];
}

/**
 * Runs the entries of a batch one by one: an entry that fails fails alone.
 * @throws AwsError when the batch itself is not acceptable
 */
export const runBatch = <Entry extends { readonly Id?: string | undefined }, Result>(
  entryName: string,
  entries: readonly Entry[] | undefined,
  run: (entry: Entry) => Result,
): BatchAnswer<Result & { Id: string }> => {
  if (!entries?.length)
    throw sqsErrors.batch('EmptyBatchRequest', `There should be at least one ${entryName} in the request.`);
  if (entries.length > 10)
    throw sqsErrors.batch(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  const seen = new Set<string>();
  for (const { Id = '' } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id))
      throw sqsErrors.batch(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    if (seen.has(Id)) throw sqsErrors.batch('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`);
    seen.add(Id);
  }
  const successful: (Result & { Id: string })[] = [];
  const failed: BatchResultErrorEntry[] = [];
  for (const entry of entries) {
    const id = entry.Id as string;
    try {
      successful.push({ Id: id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: id, SenderFault: true, Code: error.queryCode ?? error.code, Message: error.message });
    }
  }
  return { Successful: successful, ...(failed.length > 0 ? { Failed: failed } : {}) };
};
