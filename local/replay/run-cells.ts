import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Cell, CellResult } from './run-cell.ts';

type Message = 'ready' | { readonly result: CellResult } | { readonly failure: string };

/** Of a cell that no policy was measured in. */
const allFailed = (cell: Cell, failure: string): CellResult => ({
  boundTaskSeconds: Number.NaN,
  workTaskSeconds: Number.NaN,
  measures: {},
  failures: Object.fromEntries(cell.policies.map((policy) => [policy, failure])),
  cpuSeconds: 0,
  controllerCpuSeconds: 0,
});

/** Plays cells on all cores, the longest first. One that fails is a result too: the others are played. */
export const runCells = async (
  cells: readonly Cell[],
  onResult: (cell: Cell, result: CellResult) => void,
): Promise<void> => {
  const messages = ({ rates }: Cell): number => rates.reduce((sum, rate) => sum + rate, 0);
  const size = new Map(cells.map((cell) => [cell, messages(cell)]));
  const waiting = cells.toSorted((a, b) => (size.get(b) ?? 0) - (size.get(a) ?? 0));
  const workers = new Set<Worker>();
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./cell-worker.ts', import.meta.url));
      workers.add(worker);
      let inHand: Cell | undefined;
      worker.on('message', (message: Message) => {
        if (message !== 'ready' && inHand)
          onResult(inHand, 'failure' in message ? allFailed(inHand, message.failure) : message.result);
        inHand = waiting.shift();
        if (inHand) worker.postMessage(inHand);
        else void worker.terminate().then(() => resolve());
      });
      // A thread that ended, for want of memory for one, is replaced; one that cannot even begin is nobody's cell.
      worker.on('error', (error: Error) => {
        workers.delete(worker);
        if (!inHand) return reject(error);
        onResult(inHand, allFailed(inHand, String(error.stack)));
        resolve(waiting.length > 0 ? work() : undefined);
      });
    });
  try {
    await Promise.all(Array.from({ length: Math.min(cells.length, availableParallelism()) }, work));
  } finally {
    for (const worker of workers) void worker.terminate();
  }
};
