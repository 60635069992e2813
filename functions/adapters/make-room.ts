import type { Rollout } from '../core/state.ts';
import { newerStart, supersededBy } from '../core/take-lease.ts';
import { readControl } from './records.ts';
import { executionRuns } from './sfn.ts';
import { endWatch, type Watch, type WatchClients } from './watch.ts';

/**
 * Ends a wait that is a safe point all along, when a newer start came just before its token was there: that one found no
 * wait to end. One that comes later ends it itself (`await-turn`).
 */
export const makeRoom = async (
  clients: Pick<WatchClients, 'sfn' | 'table'>,
  watch: Watch,
  rollout: Rollout,
  nowMs: number,
): Promise<boolean> => {
  const newer = newerStart(await readControl(clients.table, rollout.service), rollout);
  if (!newer || !(await executionRuns(clients.sfn, newer.executionArn, newer.startedAt, nowMs))) return false;
  await endWatch(clients, watch, { kind: 'superseded', failure: supersededBy(newer) });
  return true;
};
