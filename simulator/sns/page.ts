import { snsErrors } from './errors.ts';

/** "Each call returns a limited list, up to 100." */
const pageSize = 100;

/** @throws AwsError for a foreign token */
export const page = <Item>(
  items: readonly Item[],
  nextToken: string | undefined,
): { readonly items: readonly Item[]; readonly NextToken?: string } => {
  const start = nextToken === undefined ? 0 : Number.parseInt(nextToken, 36);
  if (!Number.isInteger(start) || start < 0) throw snsErrors.invalid('NextToken');
  const end = start + pageSize;
  return { items: items.slice(start, end), ...(end < items.length ? { NextToken: end.toString(36) } : {}) };
};
