/** How times, digests and tables are told to people. */

export const shortHex = (digest: string | undefined): string =>
  digest?.replace('sha256:', '').slice(0, 12) ?? 'no release';

/** `2026-11-28 03:00:05`, in UTC. */
export const dateTime = (iso: string | undefined): string => (iso ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}` : '');

/** `03:00:05`, in UTC. */
export const clockTime = (iso: string): string => iso.slice(11, 19);

/** What somebody has written, in one line: a reason may have many, and what steers a terminal. */
export const oneLine = (text: string): string => text.trim().replaceAll(/\s*\p{Cc}+\s*/gu, ' ');

/** A line that ends where the terminal does; `columns` is undefined where there is none. */
export const fitting = (line: string, columns: number | undefined): string =>
  columns !== undefined && line.length > columns ? `${line.slice(0, Math.max(1, columns - 1))}…` : line;

/** Columns as wide as their widest cell, each row in one line. */
export const table = (cells: readonly (readonly string[])[], indent = '    '): string[] => {
  const rows = cells.map((row) => row.map(oneLine));
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, column) => Math.max(found[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
};
