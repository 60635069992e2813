import { validation } from './errors.ts';

/** One page of a list; the token is the position at which the next page starts. @throws AwsError for a foreign token. */
export const page = <Item>(
  items: readonly Item[],
  limit: number | undefined,
  token: string | undefined,
): { readonly items: readonly Item[]; readonly next: string | undefined } => {
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw validation('Parameter NextToken is not valid.');
  const end = start + (limit ?? 100);
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(String(end)).toString('base64') : undefined,
  };
};
