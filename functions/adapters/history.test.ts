import { describe, expect, it } from 'vitest';
import { type Happening, verifyHistory } from '../core/history.ts';
import { fakeDynamoDb } from './fake-clients.ts';
import { appendHistory, readHistory, sha256 } from './history.ts';
import type { TableClient } from './table.ts';

const happening = (key: string): Happening => ({
  key,
  kind: 'rollout',
  subject: 'r-1',
  at: '2026-11-28T03:00:00.000Z',
  source: 'UpdateService',
  actor: 'push',
  text: `${key} happened`,
  detail: {},
});

const table = (beforeWrite?: () => void): TableClient => ({
  client: fakeDynamoDb(beforeWrite).client,
  name: 'spillway',
});
const keysIn = async (of: TableClient): Promise<string[]> =>
  (await readHistory(of, 'orders-api')).map(({ key }) => key);

describe('the history in the table', () => {
  it('keeps what is appended in its order, as a whole chain', async () => {
    const store = table();
    await appendHistory(store, 'orders-api', [happening('a'), happening('b')]);
    await appendHistory(store, 'orders-api', [happening('c')]);
    expect(await keysIn(store)).toEqual(['a', 'b', 'c']);
    expect(verifyHistory(await readHistory(store, 'orders-api'), sha256)).toMatchObject({ kind: 'whole', lines: 3 });
  });

  it('gives a happening that is told twice one line', async () => {
    const store = table();
    await appendHistory(store, 'orders-api', [happening('a'), happening('b')]);
    await appendHistory(store, 'orders-api', [happening('a'), happening('b'), happening('c')]);
    expect(await keysIn(store)).toEqual(['a', 'b', 'c']);
  });

  it('keeps the histories of two services apart', async () => {
    const store = table();
    await appendHistory(store, 'orders-api', [happening('a')]);
    await appendHistory(store, 'web-ui', [happening('b')]);
    expect((await readHistory(store, 'web-ui')).map(({ number }) => number)).toEqual([1]);
    expect(await keysIn(store)).toEqual(['a']);
  });

  it('writes after the line of another writer that came between read and write', async () => {
    let interrupt = true;
    let other: Promise<void> | undefined;
    const store = table(() => {
      if (!interrupt) return;
      interrupt = false;
      // The other writer's line is written at once, before the condition of this write is looked at.
      other = appendHistory(store, 'orders-api', [happening('other')]);
    });
    await appendHistory(store, 'orders-api', [happening('mine')]);
    await other;
    expect((await keysIn(store)).toSorted()).toEqual(['mine', 'other']);
    expect(verifyHistory(await readHistory(store, 'orders-api'), sha256)).toMatchObject({ kind: 'whole', lines: 2 });
  });
});
