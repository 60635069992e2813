import loadHighs, { type Highs } from 'highs';
import { workBound } from '../../functions/core/work-bound.ts';
import { type Arrivals, workPerStep } from './arrivals.ts';
import type { FargateModel } from './fargate-model.ts';
import type { Premises } from './traffic.ts';

const binSeconds = 10;

/** What somebody who knew all arrivals beforehand would have paid, and the ready Fargate tasks of that plan. */
export interface OfflinePlan {
  /** Billed task-seconds: no controller can do with less. */
  readonly taskSeconds: number;
  /** The same without the cost of starting: at most `taskSeconds`. */
  readonly workTaskSeconds: number;
  /** Ready tasks in each bin of `binSeconds`, fractions allowed. */
  readonly ready: Float64Array;
  readonly binSeconds: number;
}

// The package's types describe its CommonJS build, whose default export is this module's.
const load = loadHighs as unknown as typeof loadHighs.default;
let loaded: Promise<Highs> | undefined;

/**
 * The offline optimum as a linear programme over bins of 10 s, solved by HiGHS. A lower bound: work is a fluid, tasks
 * may be fractions, the deadline is loose by up to a bin, and a start costs its billed seconds but no foresight.
 *
 *     min  10 Σ x + P Σ u                 x ready tasks, u starts, C work picked up so far, A work arrived so far
 *     C[k] - C[k-1] ≤ 10 (slots + x[k])  nobody works faster than one second of work a second
 *     A[k-w] ≤ C[k] ≤ A[k]                picked up within the deadline of w bins, and not before it arrives
 *     x[k] - x[k-1] ≤ u[k]                what is ready was started
 *     u[k] + … + u[k-m+1] ≤ x[k]          and stays for its paid minimum: m bins after its P billed seconds
 *
 * @throws when the solver does not end at the optimum
 */
export const solveOffline = async (
  arrivals: Arrivals,
  { externalSlots, deadlineSeconds }: Pick<Premises, 'externalSlots' | 'deadlineSeconds'>,
  fargate: Pick<FargateModel, 'billedStartSeconds' | 'paidSeconds'>,
  /** Slots at a time, where the premises lose some on the way. */
  slotsAt: (seconds: number) => number = () => externalSlots,
): Promise<OfflinePlan> => {
  const arrived = workPerStep(arrivals, binSeconds);
  const workTaskSeconds = workBound(arrived, {
    stepSeconds: binSeconds,
    externalSlots: Float64Array.from(arrived, (_, bin) => slotsAt(bin * binSeconds)),
    deadlineSeconds,
  });
  const lateBins = Math.floor(deadlineSeconds / binSeconds);
  const stay = Math.max(1, Math.round((fargate.paidSeconds - fargate.billedStartSeconds) / binSeconds));
  const bins = arrived.length + lateBins + stay;
  if (workTaskSeconds === 0) return { taskSeconds: 0, workTaskSeconds, ready: new Float64Array(bins), binSeconds };

  const cumulative = new Float64Array(bins);
  for (let bin = 0, sum = 0; bin < bins; bin += 1) {
    sum += arrived[bin] ?? 0;
    cumulative[bin] = sum;
  }
  loaded ??= load();
  const highs = await loaded;
  // Columns: x[k] at k, u[k] at bins + k, C[k] at 2 bins + k. Three rows for each bin.
  const colCost = new Float64Array(3 * bins);
  const colLower = new Float64Array(3 * bins);
  const colUpper = new Float64Array(3 * bins).fill(highs.infinity);
  const rowUpper = new Float64Array(3 * bins);
  const starts = new Int32Array(3 * bins + 1);
  const indices: number[] = [];
  const values: number[] = [];
  const row = (index: number, upper: number, entries: readonly (readonly [number, number])[]): void => {
    for (const [column, value] of entries) {
      indices.push(column);
      values.push(value);
    }
    rowUpper[index] = upper;
    starts[index + 1] = indices.length;
  };
  for (let bin = 0; bin < bins; bin += 1) {
    const [x, u, c] = [bin, bins + bin, 2 * bins + bin];
    colCost[x] = binSeconds;
    colCost[u] = fargate.billedStartSeconds;
    colLower[c] = bin >= lateBins ? (cumulative[bin - lateBins] as number) : 0;
    colUpper[c] = cumulative[bin] as number;
    const first = bin === 0;
    row(3 * bin, slotsAt(bin * binSeconds) * binSeconds, [
      [c, 1],
      [x, -binSeconds],
      ...(first ? [] : [[c - 1, -1] as const]),
    ]);
    row(3 * bin + 1, 0, [[x, 1], [u, -1], ...(first ? [] : [[x - 1, -1] as const])]);
    const started = Array.from({ length: Math.min(stay, bin + 1) }, (_, back) => [u - back, 1] as const);
    row(3 * bin + 2, 0, [...started, [x, -1]]);
  }
  const rows = 3 * bins;
  return highs.withModel(
    {
      numCols: 3 * bins,
      numRows: rows,
      colCost,
      colLower,
      colUpper,
      rowLower: new Float64Array(rows).fill(-highs.infinity),
      rowUpper,
      matrix: {
        format: 'csr',
        numRows: rows,
        numCols: 3 * bins,
        starts,
        indices: Int32Array.from(indices),
        values: Float64Array.from(values),
      },
    },
    (model) => {
      model.options.set('output_flag', false);
      const { modelStatus } = model.run();
      if (modelStatus !== highs.constants.modelStatus.optimal)
        throw new Error(`the offline plan was not solved: HiGHS ended with model status ${modelStatus}`);
      return {
        taskSeconds: model.getObjectiveValue(),
        workTaskSeconds,
        ready: model.getSolution().colValue.slice(0, bins),
        binSeconds,
      };
    },
  );
};
