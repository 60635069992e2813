import type { Finding, Level } from './verdict.ts';

export interface Row {
  readonly suite: string;
  readonly level: Level;
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly refused: number;
}

/** Of what was not refused, so much must agree: every result, and of whole histories all but a few. */
const historyShareMin = 0.97;

export const rowsOf = (findings: readonly Finding[]): readonly Row[] => {
  const groups = Map.groupBy(findings, ({ suite, level }) => `${suite} ${level}`);
  return [...groups.values()].map((group) => {
    const { suite, level } = group[0] as Finding;
    const count = (kind: string): number => group.filter(({ verdict }) => verdict.kind === kind).length;
    return {
      suite,
      level,
      total: group.length,
      passed: count('passed'),
      failed: count('failed'),
      refused: count('refused'),
    };
  });
};

export const isFaithful = (rows: readonly Row[]): boolean =>
  rows.every(({ level, total, passed, refused }) => {
    if (level === 'result') return passed === total - refused;
    return level !== 'history' || passed >= historyShareMin * (total - refused);
  });

export const printed = (findings: readonly Finding[]): string => {
  const rows = rowsOf(findings);
  const failures = findings.flatMap(({ suite, level, name, verdict }) =>
    verdict.kind === 'failed'
      ? [`${suite}, ${level}: ${name}`, ...verdict.differences.slice(0, 10).map((line) => `    ${line}`)]
      : [],
  );
  const refusals = Map.groupBy(
    findings.flatMap(({ level, verdict }) => (level === 'result' && verdict.kind === 'refused' ? [verdict.what] : [])),
    (what) => what,
  );
  const header = ['suite', 'level', 'total', 'passed', 'failed', 'refused'];
  const cells = rows.map((row) => [row.suite, row.level, row.total, row.passed, row.failed, row.refused].map(String));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((cell) => (cell[column] as string).length)),
  );
  const line = (cell: readonly string[]): string =>
    cell
      .map((text, column) =>
        column < 2 ? text.padEnd(widths[column] as number) : text.padStart(widths[column] as number),
      )
      .join('  ');
  return [
    ...failures,
    ...(failures.length > 0 ? [''] : []),
    line(header),
    ...cells.map(line),
    ...[...refusals].map(([what, all]) => `refused: ${what} (${all.length})`),
  ].join('\n');
};
