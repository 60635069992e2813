import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type Happening, type HistoryProof, verifyHistory } from '../core/history.ts';
import { fakeDynamoDb } from './fake-clients.ts';
import { appendHistory, readHead, readHistory, sha256 } from './history.ts';
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
const deleteLine = async ({ client, name }: TableClient, number: number): Promise<void> => {
  await client.send(
    new DeleteItemCommand({
      TableName: name,
      Key: { pk: { S: 'history#orders-api' }, sk: { S: `line#${String(number).padStart(12, '0')}` } },
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':read': { N: '1' } },
    }),
  );
};
const proofIn = async (of: TableClient): Promise<HistoryProof> => {
  const head = await readHead(of, 'orders-api');
  return verifyHistory(await readHistory(of, 'orders-api'), sha256, { head });
};

describe('the history in the table', () => {
  it('keeps what is appended in its order, as a whole chain', async () => {
    const store = table();
    await appendHistory(store, 'orders-api', [happening('a'), happening('b')]);
    await appendHistory(store, 'orders-api', [happening('c')]);
    expect(await keysIn(store)).toEqual(['a', 'b', 'c']);
    expect(await proofIn(store)).toMatchObject({ kind: 'whole', lines: 3 });
  });

  it('gives a happening that is told twice one line', async () => {
    const store = table();
    await appendHistory(store, 'orders-api', [happening('a'), happening('b')]);
    await appendHistory(store, 'orders-api', [happening('a'), happening('b'), happening('c')]);
    expect(await keysIn(store)).toEqual(['a', 'b', 'c']);
  });

  it('finds what was told before however many lines ago that was', async () => {
    const store = table();
    const many = Array.from({ length: 120 }, (_, index) => happening(`line ${index}`));
    await appendHistory(store, 'orders-api', many);
    await appendHistory(store, 'orders-api', [happening('line 0'), happening('line 60'), happening('new')]);
    expect(await keysIn(store)).toEqual([...many.map(({ key }) => key), 'new']);
  });

  it('costs two reads and three writes for a line, and no more in a long history', async () => {
    const calls: string[] = [];
    const { client } = fakeDynamoDb() as { client: { send: (command: object) => Promise<unknown> } };
    const counting = {
      send: (command: object) => {
        calls.push(command.constructor.name);
        return client.send(command);
      },
    };
    const store: TableClient = { client: counting as never, name: 'spillway' };
    await appendHistory(
      store,
      'orders-api',
      Array.from({ length: 60 }, (_, index) => happening(`line ${index}`)),
    );
    calls.length = 0;
    await appendHistory(store, 'orders-api', [happening('one more')]);
    expect(calls).toEqual([
      'GetItemCommand',
      'QueryCommand',
      'UpdateItemCommand',
      'UpdateItemCommand',
      'UpdateItemCommand',
    ]);
    await appendHistory(store, 'orders-api', []);
    expect(calls).toHaveLength(5);
  });

  it.each([1, 2, 3])('has one line of what is told again after a crash at write %i of 3', async (crashAt) => {
    let write = 0;
    const store = table(() => {
      write += 1;
      if (write === 3 + crashAt) throw new Error('the function was killed');
    });
    await appendHistory(store, 'orders-api', [happening('before')]);
    await expect(appendHistory(store, 'orders-api', [happening('a')])).rejects.toThrow('killed');
    // Somebody else's line takes the place that was given before the crash.
    await appendHistory(store, 'orders-api', [happening('other')]);
    await appendHistory(store, 'orders-api', [happening('a')]);
    await appendHistory(store, 'orders-api', [happening('a')]);
    const told = await keysIn(store);
    // At the third write its line was there already.
    expect(told).toEqual(crashAt === 3 ? ['before', 'a', 'other'] : ['before', 'other', 'a']);
    expect(await proofIn(store)).toMatchObject({ kind: 'whole', lines: 3 });
  });

  it('has one line of what many tell at once, and all lines of all others', async () => {
    const store = table();
    const told = Array.from({ length: 12 }, (_, index) => [happening('same'), happening(`own ${index}`)]);
    await Promise.all(told.map((happenings) => appendHistory(store, 'orders-api', happenings)));
    const keys = await keysIn(store);
    expect(keys.toSorted()).toEqual(['same', ...told.map((_, index) => `own ${index}`)].toSorted());
    expect(await proofIn(store)).toMatchObject({ kind: 'whole', lines: 13 });
  });

  it.each([1, 3])(
    'is broken for good once its last %i lines were deleted, whatever is told after that',
    async (cut) => {
      const store = table();
      await appendHistory(store, 'orders-api', ['a', 'b', 'c', 'd'].map(happening));
      for (let number = 5 - cut; number <= 4; number += 1) await deleteLine(store, number);
      expect(await proofIn(store)).toMatchObject({ kind: 'broken', number: 5 - cut });
      for (const key of ['e', 'd', 'd']) await appendHistory(store, 'orders-api', [happening(key)]);
      expect(await keysIn(store)).toEqual([...['a', 'b', 'c', 'd'].slice(0, 4 - cut), 'e', 'd']);
      expect(await proofIn(store)).toMatchObject({ kind: 'broken', number: 5 - cut });
    },
  );

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
    expect(await proofIn(store)).toMatchObject({ kind: 'whole', lines: 2 });
  });
});
