import { elbErrors } from './errors.ts';

/** One page of a list (by AWS's default 400 entries); the marker is the position at which the next page starts. @throws AwsError */
export const page = <Item>(
  items: readonly Item[],
  input: { readonly PageSize?: number | undefined; readonly Marker?: string | undefined },
): { readonly items: readonly Item[]; readonly NextMarker?: string } => {
  const start = input.Marker === undefined ? 0 : Number(Buffer.from(input.Marker, 'base64').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw elbErrors.validation('The marker is not valid');
  const end = start + (input.PageSize ?? 400);
  return {
    items: items.slice(start, end),
    ...(end < items.length ? { NextMarker: Buffer.from(String(end)).toString('base64') } : {}),
  };
};
