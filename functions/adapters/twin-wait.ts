import type { SFNClient } from '@aws-sdk/client-sfn';
import { type Judgement, judgeTwin, type TaskFailure, type TwinLimits } from '../core/judge-twin.ts';
import { type ClusterClient, describeTwins, readFailures } from './ecs.ts';
import { endTask } from './sfn.ts';
import { changeItem, deleteItem, readItem, type TableClient, waitKey } from './table.ts';

/** A state that waits for a twin, as events find it. */
export interface TwinWait {
  readonly twin: string;
  readonly rolloutId: string;
  readonly direction: 'forward' | 'back';
  readonly token: string;
  /** Orders the attempts of waiting states: a late write of an older attempt must not replace a newer token. */
  readonly attempt: { readonly enteredAt: string; readonly retryCount: number };
  readonly limits: TwinLimits;
  /** Stopped tasks of the deployment that count against the release, by task id: each once, however often it is told. */
  readonly failures: Readonly<Record<string, TaskFailure>>;
}

export interface WatchClients {
  readonly ecs: ClusterClient;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly table: TableClient;
}

const isLater = (a: TwinWait['attempt'], b: TwinWait['attempt']): boolean =>
  a.enteredAt === b.enteredAt ? a.retryCount >= b.retryCount : Date.parse(a.enteredAt) > Date.parse(b.enteredAt);

const sameMove = (a: TwinWait, b: TwinWait): boolean =>
  a.rolloutId === b.rolloutId && a.direction === b.direction && a.limits.deployment.id === b.limits.deployment.id;

/**
 * Stores what a state waits for; failures seen by earlier attempts at the same move stay.
 * @returns the wait as stored, which is another attempt's when that one is newer, and whether it is a sweep.
 */
export const storeWait = async (
  table: TableClient,
  wait: TwinWait,
): Promise<{ readonly stored: TwinWait; readonly sweep: boolean }> => {
  let sweep = false;
  const stored = await changeItem<TwinWait>(table, waitKey(wait.twin), (old) => {
    if (!old) return wait;
    if (!isLater(wait.attempt, old.attempt)) return old;
    sweep = sameMove(old, wait);
    return sweep ? { ...wait, failures: old.failures } : wait;
  });
  return { stored: stored ?? wait, sweep };
};

export const readWait = async (table: TableClient, twin: string): Promise<TwinWait | undefined> =>
  (await readItem<TwinWait>(table, waitKey(twin)))?.item;

/** Notes failed tasks in the wait, if it still is for this deployment. */
export const noteFailures = (
  table: TableClient,
  twin: string,
  deploymentId: string,
  failures: Readonly<Record<string, TaskFailure>>,
): Promise<TwinWait | undefined> =>
  changeItem<TwinWait>(table, waitKey(twin), (wait) => {
    if (wait?.limits.deployment.id !== deploymentId) return wait;
    const news = Object.keys(failures).filter((id) => !(id in wait.failures));
    return news.length === 0 ? wait : { ...wait, failures: { ...wait.failures, ...failures } };
  });

/**
 * Reads a twin once, judges, and ends the waiting state when the twin has arrived or failed. The stopped tasks are read
 * only when ECS hints at some, or when a sweep has to make up for events that never came.
 */
export const watchTwin = async (
  clients: WatchClients,
  wait: TwinWait,
  nowMs: number,
  sweep: boolean,
): Promise<Judgement> => {
  const { limits, twin } = wait;
  const observed = (await describeTwins(clients.ecs, [twin])).get(twin);
  const primary = observed?.primary;
  let failures = wait.failures;
  const hint = primary !== undefined && (primary.state === 'failed' || primary.failedTasks > 0);
  // Old tasks may keep the running count full while new ones crash, so the counts are no hint.
  const unseen = sweep && primary?.state === 'in-progress';
  if (hint || unseen) {
    const found = await readFailures(clients.ecs, twin, limits.deployment.id);
    await noteFailures(clients.table, twin, limits.deployment.id, found);
    failures = { ...failures, ...found };
  }
  const judgement = judgeTwin(twin, observed, Object.values(failures), limits, nowMs);
  if (judgement.kind !== 'wait') {
    await endTask(clients.sfn, wait.token, judgement);
    const read = await readItem<TwinWait>(clients.table, waitKey(twin));
    if (read?.item.token === wait.token) await deleteItem(clients.table, waitKey(twin), read);
  }
  return judgement;
};
