import { type Drill, judge, type Line, type Verdict } from './drill.ts';
import { Stage } from './stage.ts';

export interface DrillResult {
  readonly timeline: readonly Line[];
  readonly verdicts: readonly Verdict[];
  /** SHA-256 of the trace: equal for equal histories. */
  readonly traceHash: string;
}

/** Plays a drill and compares its timeline with what AWS documents. */
export const runDrill = async (
  drill: Drill,
  seed: number,
  onLine: (line: Line) => void = () => undefined,
): Promise<DrillResult> => {
  const stage = await Stage.build(seed, onLine);
  await drill.play(stage);
  const { timeline, traceHash } = stage;
  return { timeline, traceHash, verdicts: drill.expectations.map((expectation) => judge(expectation, timeline)) };
};
