import { codePipelineErrors } from './errors.ts';

/** A page of a list; the token is where the next page starts. @throws AwsError for a foreign token. */
export const page = <Item>(
  items: readonly Item[],
  maxResults: number | undefined,
  nextToken: string | undefined,
): { readonly items: readonly Item[]; readonly nextToken?: string } => {
  const start = nextToken === undefined ? 0 : Number.parseInt(nextToken, 36);
  if (!Number.isInteger(start) || start < 0) throw codePipelineErrors.invalidToken();
  const end = start + (maxResults ?? 100);
  return { items: items.slice(start, end), ...(end < items.length ? { nextToken: end.toString(36) } : {}) };
};
