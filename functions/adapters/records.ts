import { ExpectedFailure } from '../core/errors.ts';
import { isProved } from '../core/release-history.ts';
import {
  type BurstCurve,
  type BurstPoint,
  type BurstRecord,
  type Control,
  emptyControl,
  type Freeze,
  type Release,
  type RolloutRecord,
} from '../core/state.ts';
import {
  allItems,
  changeItem,
  controlKey,
  freezeKey,
  newestItem,
  newestItems,
  readItem,
  type TableClient,
  type Versioned,
  writeItem,
} from './table.ts';

/** What the command line and the operator's page read of a service. */

export const readControl = async (table: TableClient, service: string): Promise<Control> =>
  (await readItem<Control>(table, controlKey(service)))?.item ?? emptyControl(service);

export const newestRollouts = (table: TableClient, service: string, limit: number): Promise<readonly RolloutRecord[]> =>
  newestItems<RolloutRecord>(table, `service#${service}`, 'rollout#', limit);

/** All that are recorded, oldest first. */
export const allRollouts = (table: TableClient, service: string): Promise<readonly RolloutRecord[]> =>
  allItems<RolloutRecord>(table, `service#${service}`, 'rollout#');

/** The newest rollout that `fits`, of the newest 500. */
export const newestRollout = (
  table: TableClient,
  service: string,
  fits: (record: RolloutRecord) => boolean,
): Promise<RolloutRecord | undefined> => newestItem<RolloutRecord>(table, `service#${service}`, 'rollout#', fits);

export const newestReleases = (table: TableClient, service: string, limit: number): Promise<readonly Release[]> =>
  newestItems<Release>(table, `service#${service}`, 'release#', limit);

/**
 * By when they began, newest first. What was refused is kept under the beginning of its five minutes: as many bursts as
 * fit into these may stand before it there.
 */
export const newestBursts = async (
  table: TableClient,
  service: string,
  limit: number,
): Promise<readonly BurstRecord[]> => {
  const kept = await newestItems<BurstRecord>(table, `service#${service}`, 'burst#', limit + burstsInFiveMinutes);
  return kept.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0)).slice(0, limit);
};

const burstsInFiveMinutes = 20;

/**
 * The burst of a service that began last. What was refused has a record too, one in five minutes of each queue, and says
 * nothing of what was spent.
 */
export const newestBurst = (table: TableClient, service: string): Promise<BurstRecord | undefined> =>
  newestItem<BurstRecord>(table, `service#${service}`, 'burst#', ({ executionArn }) => executionArn !== '');

/** Releases that are looked through for one to go back to. */
export const releasesRead = 50;

/** Whether a digest is among the newest releases that were proved, and may so be gone back to. */
export const wasProved = async (table: TableClient, control: Control, digest: string): Promise<boolean> =>
  isProved(digest, control, await newestReleases(table, control.service, releasesRead));

/** The freeze of all services; undefined while there is none. */
export const readFreezeOfAll = async (table: TableClient): Promise<Freeze | undefined> =>
  (await readItem<FreezeItem>(table, freezeKey))?.item.freeze;

/** Sets or ends the freeze of all services. */
export const writeFreezeOfAll = async (table: TableClient, freeze: Freeze | undefined): Promise<void> => {
  await changeItem<FreezeItem>(table, freezeKey, (item) => (freeze || item?.freeze ? { freeze } : item));
};

interface FreezeItem {
  readonly freeze?: Freeze;
}

/** The control item with the version that a write of it is conditional on. */
export const readControlVersioned = (table: TableClient, service: string): Promise<Versioned<Control> | undefined> =>
  readItem<Control>(table, controlKey(service));

export const writeControl = (
  table: TableClient,
  control: Control,
  read: Versioned<Control> | undefined,
): Promise<boolean> => writeItem(table, controlKey(control.service), control, read);

/** Other starts may register themselves in the control item meanwhile. */
const rounds = 25;

/**
 * Changes the control item, again and again until nobody else wrote in between. `change` answers undefined where nothing
 * is to be changed.
 * @returns whether something was written.
 * @throws ExpectedFailure `ItemContended` when others were always faster.
 */
export const changeControl = async (
  table: TableClient,
  service: string,
  change: (control: Control) => Control | undefined,
): Promise<boolean> => {
  for (let round = 0; round < rounds; round += 1) {
    const read = await readControlVersioned(table, service);
    const next = change(read?.item ?? emptyControl(service));
    if (!next) return false;
    if (await writeControl(table, next, read)) return true;
  }
  throw new ExpectedFailure('ItemContended', `The control item of ${service} was changed in each of ${rounds} rounds.`);
};

/** The looks of a burst in numbers, oldest first: what a chart of it, or what others would have done, is made from. */
export const readBurstCurve = async (
  table: TableClient,
  burst: { readonly service: string; readonly startedAt: string; readonly burstId: string },
): Promise<readonly BurstPoint[]> => {
  const prefix = `curve#${burst.startedAt}#${burst.burstId}#`;
  // A week of looks, the longest that an execution of the state machine may last, has 336 parts.
  const parts = await newestItems<BurstCurve>(table, `service#${burst.service}`, prefix, 400);
  return parts.toReversed().flatMap(({ points }) => points);
};
