import { stepFunctionsErrors } from './errors.ts';

/** A page of a list. A token is the position of the next item, so that it stays good while items are added at the end. */
export const page = <T>(
  items: readonly T[],
  options: { readonly maxResults?: number; readonly nextToken?: string; readonly defaultResults: number },
): { readonly items: readonly T[]; readonly nextToken: string | undefined } => {
  const start = options.nextToken === undefined ? 0 : Number.parseInt(options.nextToken, 36);
  if (!Number.isInteger(start) || start < 0) throw stepFunctionsErrors.invalidToken();
  const end = start + Math.min(options.maxResults || options.defaultResults, 1000);
  return { items: items.slice(start, end), nextToken: end < items.length ? end.toString(36) : undefined };
};
