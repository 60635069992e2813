/** How times, digests and tables are told to people. */

export const shortHex = (digest: string | undefined): string =>
  digest?.replace('sha256:', '').slice(0, 12) ?? 'no release';

/** `2026-11-28 03:00:05`, in UTC. */
export const dateTime = (iso: string | undefined): string => (iso ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}` : '');

/** `03:00:05`, in UTC. */
export const clockTime = (iso: string): string => iso.slice(11, 19);

/** Columns as wide as their widest cell. */
export const table = (rows: readonly (readonly string[])[], indent = '    '): string[] => {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, column) => Math.max(found[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
};
