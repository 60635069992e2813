import { expect, it } from 'vitest';
import { fakeClient, fakeDynamoDb } from '../adapters/fake-clients.ts';
import { readHistory } from '../adapters/history.ts';
import { newestBursts } from '../adapters/records.ts';
import { burstKey, createItem } from '../adapters/table.ts';
import { type BurstRecord, freshMemory } from '../core/state.ts';
import { create } from './start-burst.ts';

const configuration = {
  cpuUnits: 256,
  memoryMiB: 512,
  receivesFrom: ['orders'],
  receivesFromOnPremises: ['orders-onprem'],
  external: { baseTasks: 2 },
  fargate: { baseTasks: 0, maxTasks: 8 },
  burst: { queue: 'orders', workSecondsPerMessage: 1, messagesPerTask: 1 },
};

const setUp = () => {
  const { client } = fakeDynamoDb();
  const table = { client, name: 'spillway' };
  const told: Record<string, unknown>[] = [];
  let nowMs = 0;
  const handler = create({
    env: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      TABLE_NAME: 'spillway',
      SERVICES_PARAMETER_PREFIX: '/spillway/services/',
      BURST_STATE_MACHINE_ARN: 'arn:burst',
    },
    clients: {
      dynamodb: client,
      sfn: fakeClient({}),
      ssm: fakeClient({ GetParameter: () => ({ Parameter: { Value: JSON.stringify(configuration) } }) }),
      events: fakeClient({
        PutEvents: ({ Entries }) => {
          told.push(...(Entries as unknown as { Detail: string }[]).map(({ Detail }) => JSON.parse(Detail)));
          return {};
        },
      }),
    },
    clock: { now: () => nowMs },
  });
  return {
    table,
    told,
    /** A message of the queue was late at `time`; the event is taken two seconds later. */
    late: (time: string) => {
      nowMs = Date.parse(time) + 2_000;
      const signal = { kind: 'saturation', service: 'op', queue: 'orders-onprem', queueDelaySeconds: '15.2' };
      return handler({ ...signal, time, eventId: `e-${time}` });
    },
    /** A burst that began at `startedAt`. */
    burst: (startedAt: string) => {
      const record = {
        service: 'op',
        burstId: `b-${startedAt}`,
        startedAt,
        actor: '',
        trigger: { kind: 'hand' },
      } as const;
      return createItem<BurstRecord>(table, burstKey(record), {
        ...record,
        executionArn: 'arn:b',
        memory: freshMemory,
      });
    },
  };
};

it('lists what was refused under the time at which it was late first, once in five minutes, in its place among the bursts', async () => {
  const { table, told, late, burst } = setUp();
  await burst('2026-11-29T02:31:49.000Z');
  expect(await late('2026-11-29T02:32:35Z')).toMatchObject({ kind: 'refused' });
  await late('2026-11-29T02:32:35Z');
  await late('2026-11-29T02:34:59Z');
  await burst('2026-11-29T02:33:00.000Z');
  const bucket = Date.parse('2026-11-29T02:30:00Z');
  const listed = async (limit: number) =>
    (await newestBursts(table, 'op', limit)).map(({ burstId, startedAt }) => [startedAt, burstId]);
  const three = [
    ['2026-11-29T02:33:00.000Z', 'b-2026-11-29T02:33:00.000Z'],
    ['2026-11-29T02:32:35.000Z', `refused-orders-onprem-${bucket}`],
    ['2026-11-29T02:31:49.000Z', 'b-2026-11-29T02:31:49.000Z'],
  ];
  expect(await listed(10)).toEqual(three);
  // It stands in its place also where fewer are asked for than are kept behind it.
  expect(await listed(2)).toEqual(three.slice(0, 2));
  const only = {
    startedAt: '2026-11-29T02:32:35.000Z',
    endedAt: '2026-11-29T02:32:37.000Z',
    cause: 'bound-to-premises',
  };
  expect(told).toEqual([expect.objectContaining(only)]);
  expect(await readHistory(table, 'op')).toMatchObject([{ at: only.endedAt }]);

  await late('2026-11-29T02:35:00Z');
  expect((await listed(1))[0]).toEqual(['2026-11-29T02:35:00.000Z', `refused-orders-onprem-${bucket + 300_000}`]);
  expect(told).toHaveLength(2);
});
