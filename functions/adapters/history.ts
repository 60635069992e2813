import { createHash } from 'node:crypto';
import { ExpectedFailure } from '../core/errors.ts';
import { type Happening, type HistoryLine, nextLine, type Sha256 } from '../core/history.ts';
import { allItems, createdItem, newestItems, type TableClient } from './table.ts';

export const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex');

const pkOf = (service: string): string => `history#${service}`;
const prefix = 'line#';
const skOf = (number: number): string => `${prefix}${String(number).padStart(12, '0')}`;

/** A happening that is told again, by a retried function, is told within so many lines of the first time. */
const lookBack = 40;
const rounds = 25;

/**
 * Adds what happened to a service's history, in the order given. What is among the newest lines already is left out.
 * @throws ExpectedFailure `ItemContended` when others were always faster; trying again is safe.
 */
export const appendHistory = async (
  table: TableClient,
  service: string,
  happenings: readonly Happening[],
): Promise<void> => {
  let newest = happenings.length > 0 ? await readNewest(table, service) : [];
  for (const happening of happenings) {
    let round = 0;
    while (!newest.some(({ key }) => key === happening.key)) {
      const line = nextLine(service, newest[0], happening, sha256);
      if (await createdItem(table, { pk: pkOf(service), sk: skOf(line.number) }, line)) {
        newest = [line, ...newest];
        break;
      }
      round += 1;
      if (round === rounds)
        throw new ExpectedFailure(
          'ItemContended',
          `Others wrote the history of ${service} in each of ${rounds} rounds.`,
        );
      newest = await readNewest(table, service);
    }
  }
};

const readNewest = (table: TableClient, service: string): Promise<readonly HistoryLine[]> =>
  newestItems<HistoryLine>(table, pkOf(service), prefix, lookBack);

/** All lines of a service's history, oldest first. */
export const readHistory = (table: TableClient, service: string): Promise<readonly HistoryLine[]> =>
  allItems<HistoryLine>(table, pkOf(service), prefix);
