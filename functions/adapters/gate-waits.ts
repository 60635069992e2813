import { passesGatesAnyway } from '../core/judge-gates.ts';
import type { Candidate, End } from '../core/state.ts';
import { readControl, wasProved } from './records.ts';
import { deleteItem, type Key, newestItems, readItem, serviceKey, type TableClient, writeItem } from './table.ts';

/** A start that waits at a gate, for the scan of its image or for somebody's approval. */
export interface GateWait {
  readonly candidate: Candidate;
  /** Of the waiting state. */
  readonly token: string;
}

export type Gate = 'scan' | 'approval';

const prefixOf = (gate: Gate): string => `${gate}#`;
type Start = Pick<Candidate, 'service' | 'rolloutId'>;
const keyOf = (gate: Gate, of: Start): Key => serviceKey(of.service, `${prefixOf(gate)}${of.rolloutId}`);

/** More starts of one service than that do not wait at a gate at a time. */
const waitsMax = 100;

/** Stores a wait, in place of an earlier one of the same execution. */
export const storeGateWait = async (table: TableClient, gate: Gate, wait: GateWait): Promise<void> => {
  const key = keyOf(gate, wait.candidate);
  // Only the execution itself and who ends its wait write this item, so nobody can be faster for long.
  while (!(await writeItem(table, key, wait, await readItem<GateWait>(table, key))));
};

export const deleteGateWait = async (table: TableClient, gate: Gate, of: Start): Promise<void> => {
  const read = await readItem<GateWait>(table, keyOf(gate, of));
  if (read) await deleteItem(table, keyOf(gate, of), read);
};

export const gateWaits = (table: TableClient, gate: Gate, service: string): Promise<readonly GateWait[]> =>
  newestItems<GateWait>(table, serviceKey(service, '').pk, prefixOf(gate), waitsMax);

/** Why a start waits neither for a scan nor for an approval; undefined where it does. */
export const readPassage = async (
  table: TableClient,
  { service, digest }: Pick<Candidate, 'service' | 'digest'>,
): Promise<string | undefined> => {
  const control = await readControl(table, service);
  return passesGatesAnyway(digest, control.release, await wasProved(table, control, digest));
};

/** What the waiting state is told when the start is refused at its gate. */
export const refusedAtGate = ({ image, digest, trigger, actor, service, rolloutId }: Candidate, end: End) => ({
  kind: 'ended',
  record: true,
  end: { image, digest, trigger, actor, ...end, service, rolloutId },
});
