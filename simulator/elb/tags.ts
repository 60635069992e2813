import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../cloud/aws-error.ts';

/** The tags of a request that makes something. @throws AwsError `DuplicateTagKeysException` */
export const readTags = (tags: readonly Tag[] | undefined): Map<string, string> => {
  const read = new Map<string, string>();
  for (const { Key = '', Value = '' } of tags ?? []) {
    if (read.has(Key))
      throw new AwsError('DuplicateTagKeysException', `A tag key was specified more than once: ${Key}`);
    read.set(Key, Value);
  }
  return read;
};
