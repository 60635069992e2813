import { AwsError } from '../cloud/aws-error.ts';

/** One page of a list. The token is the offset of the next page, opaque to callers. @throws AwsError */
export const page = <Item>(
  items: readonly Item[],
  { maxResults = 100, nextToken }: { readonly maxResults?: number; readonly nextToken?: string },
): { readonly items: readonly Item[]; readonly nextToken?: string } => {
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > 100) {
    throw new AwsError('InvalidParameterException', 'Invalid maxResults. It must be between 1 and 100.');
  }
  const offset = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64').toString());
  if (!Number.isInteger(offset) || offset < 0) throw new AwsError('InvalidParameterException', 'Invalid token.');
  const end = offset + maxResults;
  return {
    items: items.slice(offset, end),
    ...(end < items.length && { nextToken: Buffer.from(String(end)).toString('base64') }),
  };
};
