import { parentPort } from 'node:worker_threads';
import { type Cell, runCell } from './run-cell.ts';

/** A thread that plays the cells it is sent, one after the other. */

if (!parentPort) throw new Error('this is a thread of a benchmark');
const port = parentPort;
port.on('message', async (cell: Cell) => {
  try {
    port.postMessage({ result: await runCell(cell) });
  } catch (error) {
    port.postMessage({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
port.postMessage('ready');
