import { createHash } from 'node:crypto';
import { ExpectedFailure } from '../core/errors.ts';
import { type Happening, type HistoryLine, nextLine, type Sha256 } from '../core/history.ts';
import { allItems, createdItem, type Key, newestItems, readItem, type TableClient, writeItem } from './table.ts';

export const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex');

const pkOf = (service: string): string => `history#${service}`;
const prefix = 'line#';
const lineKey = (service: string, number: number): Key => ({
  pk: pkOf(service),
  sk: `${prefix}${String(number).padStart(12, '0')}`,
});
const placeKey = (service: string, happening: string): Key => ({ pk: pkOf(service), sk: `place#${happening}` });

/** Where a happening stands in the history, or is about to. */
interface Place {
  readonly number: number;
}

const rounds = 25;

/**
 * Adds what happened to a service's history, in the order given: a read of the newest line and two writes for each, however
 * long the history is. What is in it already is left out, however long ago that was.
 *
 * A line has its place before it is written, and nobody writes one elsewhere: a place is only given up once somebody
 * else's line is seen in it, and whoever is still about to write there then finds that too. So a happening that several
 * tell at once, or that is told again after a crash between the two writes, has one line.
 * @throws ExpectedFailure `ItemContended` when others were always faster; trying again is safe.
 */
export const appendHistory = async (
  table: TableClient,
  service: string,
  happenings: readonly Happening[],
): Promise<void> => {
  let newest = happenings.length > 0 ? await readNewest(table, service) : undefined;
  for (const happening of happenings) newest = await append(table, service, happening, newest);
};

/** @returns the newest line that was seen. */
const append = async (
  table: TableClient,
  service: string,
  happening: Happening,
  seen: HistoryLine | undefined,
): Promise<HistoryLine | undefined> => {
  let newest = seen;
  for (let round = 0; round < rounds; round += 1) {
    const number = (newest?.number ?? 0) + 1;
    if (!(await hasPlace(table, service, happening, number))) return newest;
    const line = nextLine(service, newest, happening, sha256);
    if (await createdItem(table, lineKey(service, number), line)) return line;
    newest = await readNewest(table, service);
  }
  throw new ExpectedFailure('ItemContended', `Others wrote the history of ${service} in each of ${rounds} rounds.`);
};

/**
 * Gives a happening the place after the newest line.
 * @returns false when it has its line already.
 */
const hasPlace = async (table: TableClient, service: string, { key }: Happening, number: number): Promise<boolean> => {
  const at = placeKey(service, key);
  if (await createdItem<Place>(table, at, { number })) return true;
  for (let round = 0; round < rounds; round += 1) {
    const place = await readItem<Place>(table, at);
    const taken = place && (await readItem<HistoryLine>(table, lineKey(service, place.item.number)))?.item;
    if (taken?.key === key) return false;
    // Nobody's line is there yet: it is the place after the newest line, which whoever gave it has just not written to.
    if (!taken) return true;
    if (await writeItem<Place>(table, at, { number }, place)) return true;
  }
  throw new ExpectedFailure('ItemContended', `Others gave ${key} a place in each of ${rounds} rounds.`);
};

const readNewest = async (table: TableClient, service: string): Promise<HistoryLine | undefined> =>
  (await newestItems<HistoryLine>(table, pkOf(service), prefix, 1))[0];

/** All lines of a service's history, oldest first. */
export const readHistory = (table: TableClient, service: string): Promise<readonly HistoryLine[]> =>
  allItems<HistoryLine>(table, pkOf(service), prefix);
