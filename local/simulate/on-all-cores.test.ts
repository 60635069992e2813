import { describe, expect, it } from 'vitest';
import { onAllCores } from './on-all-cores.ts';

/** A thread that answers a number with its double, that dies of 13, and that never ends 7. */
const thread = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', (job) => {
      if (job === 13) throw new Error('unlucky');
      if (job === 7) for (;;);
      parentPort.postMessage({ job, double: 2 * job, threadId });
    });
    parentPort.postMessage('ready');
  `)}`,
);

interface Outcome {
  readonly job: number;
  readonly double?: number;
  readonly threadId?: number;
  readonly died?: string;
}

const run = async (jobs: readonly number[]): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  await onAllCores<number, Outcome>({
    thread,
    threadData: undefined,
    jobs,
    jobSecondsMax: 0.5,
    died: (job, died) => ({ job, died }),
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  return outcomes.toSorted((a, b) => a.job - b.job);
};

describe('jobs on all cores', () => {
  it('fail one by one where the thread dies or does not come to an end, and the others are done', async () => {
    const outcomes = await run([5, 7, 9, 13, 15]);
    expect(outcomes.map(({ job, double }) => [job, double])).toEqual([
      [5, 10],
      [7, undefined],
      [9, 18],
      [13, undefined],
      [15, 30],
    ]);
    expect(outcomes[1]?.died).toBe('it did not come to an end within 0.5 s');
    expect(outcomes[3]?.died).toContain('unlucky');
  });

  it('go on in a fresh thread after 250 of them', async () => {
    const outcomes = await run(Array.from({ length: 1_100 }, (_, index) => index + 100));
    expect(outcomes.map(({ job }) => job)).toEqual(Array.from({ length: 1_100 }, (_, index) => index + 100));
    const perThread = Map.groupBy(outcomes, ({ threadId }) => threadId);
    expect(Math.max(...[...perThread.values()].map((of) => of.length))).toBe(250);
  });
});
