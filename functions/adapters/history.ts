import { createHash } from 'node:crypto';
import { ExpectedFailure } from '../core/errors.ts';
import { type Happening, type HistoryLine, type LineMark, nextLine, type Sha256 } from '../core/history.ts';
import {
  allItems,
  createdItem,
  type Key,
  newestItems,
  readItem,
  type TableClient,
  type Versioned,
  writeItem,
} from './table.ts';

export const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex');

const pkOf = (service: string): string => `history#${service}`;
const prefix = 'line#';
const lineKey = (service: string, number: number): Key => ({
  pk: pkOf(service),
  sk: `${prefix}${String(number).padStart(12, '0')}`,
});
const placeKey = (service: string, happening: string): Key => ({ pk: pkOf(service), sk: `place#${happening}` });
const headKey = (service: string): Key => ({ pk: pkOf(service), sk: 'head' });

/** Where a happening stands in the history, or is about to. */
interface Place {
  readonly number: number;
}

const rounds = 25;

/** The end of a history, as it is read: the line that the next one follows, and the item that says which was the last. */
interface Seen {
  readonly newest: LineMark | undefined;
  readonly head: Versioned<LineMark> | undefined;
}

/**
 * Adds what happened to a service's history, in the order given: two reads of its end, two writes for each line and one of
 * which is the last, however long the history is. What is in it already is left out, however long ago that was.
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
  if (happenings.length === 0) return;
  let seen = await readEnd(table, service);
  for (const happening of happenings) seen = await append(table, service, happening, seen);
  // After the lines: it never names one that was not written. Whoever is killed before this leaves it to the next.
  await keepHead(table, service, seen);
};

/** @returns the end of the history, with the happening in it. */
const append = async (table: TableClient, service: string, happening: Happening, before: Seen): Promise<Seen> => {
  let seen = before;
  for (let round = 0; round < rounds; round += 1) {
    const number = (seen.newest?.number ?? 0) + 1;
    if (!(await hasPlace(table, service, happening, number))) return seen;
    const line = nextLine(service, seen.newest, happening, sha256);
    if (await createdItem(table, lineKey(service, number), line)) return { ...seen, newest: line };
    seen = await readEnd(table, service);
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
    if (!taken && place && place.item.number >= number) return true;
    if (await writeItem<Place>(table, at, { number }, place)) return true;
  }
  throw new ExpectedFailure('ItemContended', `Others gave ${key} a place in each of ${rounds} rounds.`);
};

/**
 * The next line follows what was kept as the last one, also where that was taken out of the table since: the gap stays to be
 * seen.
 */
const readEnd = async (table: TableClient, service: string): Promise<Seen> => {
  const head = await readItem<LineMark>(table, headKey(service));
  const [line] = await newestItems<HistoryLine>(table, pkOf(service), prefix, 1);
  return { newest: head && head.item.number >= (line?.number ?? 0) ? head.item : line, head };
};

const keepHead = async (table: TableClient, service: string, { newest, head }: Seen): Promise<void> => {
  if (!newest) return;
  const { number, hash } = newest;
  let read = head;
  for (let round = 0; round < rounds; round += 1) {
    if (read && read.item.number >= number) return;
    if (await writeItem<LineMark>(table, headKey(service), { number, hash }, read)) return;
    read = await readItem<LineMark>(table, headKey(service));
  }
  throw new ExpectedFailure('ItemContended', `Others wrote the history of ${service} in each of ${rounds} rounds.`);
};

/** Whether a service's history has the line of a happening. */
export const hasLine = async (table: TableClient, service: string, key: string): Promise<boolean> => {
  const place = (await readItem<Place>(table, placeKey(service, key)))?.item;
  const line = place && (await readItem<HistoryLine>(table, lineKey(service, place.number)))?.item;
  return line?.key === key;
};

/** The line that was kept as the last one of a service's history; undefined where nothing was told yet. */
export const readHead = async (table: TableClient, service: string): Promise<LineMark | undefined> =>
  (await readItem<LineMark>(table, headKey(service)))?.item;

/** All lines of a service's history, oldest first. */
export const readHistory = (table: TableClient, service: string): Promise<readonly HistoryLine[]> =>
  allItems<HistoryLine>(table, pkOf(service), prefix);
