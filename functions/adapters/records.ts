import { type BurstRecord, type Control, emptyControl, type Release, type RolloutRecord } from '../core/state.ts';
import { controlKey, newestItems, readItem, type TableClient, type Versioned, writeItem } from './table.ts';

/** What the command line and the operator's page read of a service. */

export const readControl = async (table: TableClient, service: string): Promise<Control> =>
  (await readItem<Control>(table, controlKey(service)))?.item ?? emptyControl(service);

export const newestRollouts = (table: TableClient, service: string, limit: number): Promise<readonly RolloutRecord[]> =>
  newestItems<RolloutRecord>(table, `service#${service}`, 'rollout#', limit);

export const newestReleases = (table: TableClient, service: string, limit: number): Promise<readonly Release[]> =>
  newestItems<Release>(table, `service#${service}`, 'release#', limit);

export const newestBursts = (table: TableClient, service: string, limit: number): Promise<readonly BurstRecord[]> =>
  newestItems<BurstRecord>(table, `service#${service}`, 'burst#', limit);

/** The control item with the version that a write of it is conditional on. */
export const readControlVersioned = (table: TableClient, service: string): Promise<Versioned<Control> | undefined> =>
  readItem<Control>(table, controlKey(service));

export const writeControl = (
  table: TableClient,
  control: Control,
  read: Versioned<Control> | undefined,
): Promise<boolean> => writeItem(table, controlKey(control.service), control, read);
