import type { SFNClient } from '@aws-sdk/client-sfn';
import { endTask } from './sfn.ts';
import { deleteItem, newestItems, readItem, serviceKey, type TableClient, turnKey, writeItem } from './table.ts';

/** A start that waits until it may take the lease of its service. */
export interface Turn {
  readonly service: string;
  readonly rolloutId: string;
  readonly executionArn: string;
  readonly askedAt: string;
  readonly startedAt: string;
  /** Left out: stored by a version that did not say what it wanted. */
  readonly digest?: string;
  readonly image?: string;
  /** Of the waiting state; it ends when somebody thinks that the lease is free. */
  readonly token: string;
}

/** More starts of one service than that do not wait at a time: each start but the newest few is superseded. */
const turnsMax = 100;

export const waitingTurns = (table: TableClient, service: string): Promise<readonly Turn[]> =>
  newestItems<Turn>(table, serviceKey(service, '').pk, 'turn#', turnsMax);

/** Stores a turn, in place of an earlier one of the same execution. */
export const storeTurn = async (table: TableClient, turn: Turn): Promise<void> => {
  const key = turnKey(turn);
  // Only the execution itself writes its turn, so nobody can be faster for long.
  while (!(await writeItem(table, key, turn, await readItem<Turn>(table, key))));
};

export const deleteTurn = async (
  table: TableClient,
  of: Pick<Turn, 'service' | 'askedAt' | 'rolloutId'>,
): Promise<void> => {
  const read = await readItem<Turn>(table, turnKey(of));
  if (read) await deleteItem(table, turnKey(of), read);
};

/** Lets every waiting start of a service look at the lease again. One that goes on waiting stores a new token. */
export const callTurns = async (table: TableClient, sfn: Pick<SFNClient, 'send'>, service: string): Promise<void> => {
  for (const turn of await waitingTurns(table, service)) await endTask(sfn, turn.token, { kind: 'called' });
};
