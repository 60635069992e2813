import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Cell, CellResult } from './run-cell.ts';

export class CellFailed extends Error {
  override readonly name = 'CellFailed';

  constructor({ trace, coverage, deadlineSeconds, seed, condition }: Cell, failure: string) {
    super(`${trace}, coverage ${coverage}, D ${deadlineSeconds} s, seed ${seed}, ${condition}: ${failure}`);
  }
}

type Message = 'ready' | { readonly result: CellResult } | { readonly failure: string };

/** Plays cells on all cores, the longest first. @throws CellFailed when one ends with an error; the others are left. */
export const runCells = async (
  cells: readonly Cell[],
  onResult: (cell: Cell, result: CellResult) => void,
): Promise<void> => {
  const messages = ({ rates }: Cell): number => rates.reduce((sum, rate) => sum + rate, 0);
  const size = new Map(cells.map((cell) => [cell, messages(cell)]));
  const waiting = cells.toSorted((a, b) => (size.get(b) ?? 0) - (size.get(a) ?? 0));
  const workers: Worker[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./cell-worker.ts', import.meta.url));
      workers.push(worker);
      let inHand: Cell | undefined;
      worker.on('message', (message: Message) => {
        if (message !== 'ready' && inHand) {
          if ('failure' in message) return reject(new CellFailed(inHand, message.failure));
          onResult(inHand, message.result);
        }
        inHand = waiting.shift();
        if (inHand) worker.postMessage(inHand);
        else void worker.terminate().then(() => resolve());
      });
      worker.on('error', (error: Error) => reject(inHand ? new CellFailed(inHand, String(error.stack)) : error));
    });
  try {
    await Promise.all(Array.from({ length: Math.min(cells.length, availableParallelism()) }, work));
  } finally {
    for (const worker of workers) void worker.terminate();
  }
};
