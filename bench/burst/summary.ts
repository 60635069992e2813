import type { Row } from './rows.ts';

/** All scenarios of one policy in a line. */
export interface Summary {
  readonly policy: string;
  readonly scenarios: number;
  readonly lateMean: number;
  readonly lateMax: number;
  readonly inTime: number;
  /** Messages that were never done, and done more than once: of all rows, whatever their bound. */
  readonly lost: number;
  readonly doneTwice: number;
  readonly geo: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  readonly total: number;
  readonly unusedMedian: number;
  readonly unusedMax: number;
  readonly startsPerBoundHour: number;
}

/** Percent late up to which a scenario counts as in time. */
export const lateAllowedPct = 0.1;

const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
};
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Rows of one policy whose bound is large enough for a ratio. */
export const overflowing = (rows: readonly Row[]): readonly (Row & { readonly costOverBound: number })[] =>
  rows.filter((row): row is Row & { readonly costOverBound: number } => row.costOverBound !== null);

export const summarize = (policy: string, rows: readonly Row[]): Summary => {
  const over = overflowing(rows);
  const ratios = over.map(({ costOverBound }) => costOverBound);
  return {
    policy,
    scenarios: over.length,
    lateMean: mean(over.map(({ latePct }) => latePct)),
    lateMax: Math.max(0, ...over.map(({ latePct }) => latePct)),
    inTime: over.filter(({ latePct }) => latePct <= lateAllowedPct).length,
    lost: sum(rows.map(({ lost }) => lost)),
    doneTwice: sum(rows.map(({ doneTwice }) => doneTwice)),
    geo: ratios.every((ratio) => ratio > 0) ? Math.exp(mean(ratios.map(Math.log))) : 0,
    median: quantile(ratios, 0.5),
    p90: quantile(ratios, 0.9),
    max: Math.max(0, ...ratios),
    total: sum(over.map(({ taskHours }) => taskHours)) / sum(over.map(({ boundTaskHours }) => boundTaskHours)),
    unusedMedian: quantile(
      over.map(({ unusedPct }) => unusedPct),
      0.5,
    ),
    unusedMax: Math.max(0, ...over.map(({ unusedPct }) => unusedPct)),
    startsPerBoundHour: sum(over.map(({ starts }) => starts)) / sum(over.map(({ boundTaskHours }) => boundTaskHours)),
  };
};
