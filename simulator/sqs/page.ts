/** One page of a list; the token says after which item the next page starts. Without `max` everything is one page. */
export const page = (
  sorted: readonly string[],
  max: number | undefined,
  token: string | undefined,
): { readonly items: readonly string[]; readonly nextToken: string | undefined } => {
  const after = token === undefined ? undefined : Buffer.from(token, 'base64').toString();
  const rest = after === undefined ? sorted : sorted.filter((item) => item > after);
  const items = max === undefined ? rest : rest.slice(0, max);
  const last = items.at(-1);
  return {
    items,
    nextToken: last !== undefined && items.length < rest.length ? Buffer.from(last).toString('base64') : undefined,
  };
};
