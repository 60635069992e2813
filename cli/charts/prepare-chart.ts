import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { NotAccepted } from '../context.ts';

/**
 * Makes sure that a chart can be written to `file`, with its folder, before minutes are spent on what it shows.
 * @throws NotAccepted with the reason
 */
export const prepareChart = (file: string): void => {
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new NotAccepted(`The chart cannot be written to ${file}: ${(error as Error).message}`);
  }
};
