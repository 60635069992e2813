import { describe, expect, it } from 'vitest';
import { fakeDynamoDb } from '../adapters/fake-clients.ts';
import { readHistory } from '../adapters/history.ts';
import { newestBursts, readControl } from '../adapters/records.ts';
import { burstKey, controlKey, createItem, curveKey, type TableClient } from '../adapters/table.ts';
import { type Burst, type BurstMemory, type BurstRecord, type Control, freshMemory } from '../core/state.ts';
import { create } from './close-burst.ts';

const startedMs = Date.parse('2026-11-28T12:00:00.000Z');
const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:spillway-burst:b-1';

const burst: Burst = {
  service: 'orders',
  burstId: 'b-1',
  startedAt: new Date(startedMs).toISOString(),
  generation: 0,
  lookSeconds: 10,
  deadlineSeconds: 60,
  baseMoves: [
    { twin: 'orders-external', desiredCount: 4 },
    { twin: 'orders-fargate', desiredCount: 0 },
  ],
  terms: {
    workSecondsPerMessage: 9,
    messagesPerTask: 1,
    startSeconds: 45,
    fargateBase: 0,
    fargateMax: 50,
    taskHourUsd: 0.036,
  },
  trigger: { kind: 'alarm', alarmName: 'orders-backlog' },
  actor: '',
};

const memory: BurstMemory = {
  ...freshMemory,
  looks: 60,
  looksInAll: 60,
  lastLookMs: startedMs + 600_000,
  moves: 2,
  fargateStarts: 5,
  fargateTaskSeconds: 1_050,
  costUsd: 0.0105,
};

const end = {
  kind: 'end',
  execution: { arn: executionArn, name: 'b-1', startedAt: burst.startedAt },
  burst,
  memory,
  ending: { cause: 'calm', reason: 'The base is enough.' },
  failedMoves: 0,
};

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: { readonly Entries?: readonly { readonly Detail: string }[] };
}

/** A service in a burst of 60 looks, and the function that closes it; its process may die at a call of AWS. */
const setUp = async () => {
  const { client } = fakeDynamoDb() as { client: { send: (command: Sent) => Promise<unknown> } };
  const table: TableClient = { client: client as never, name: 'spillway' };
  await createItem<Control>(table, controlKey('orders'), {
    service: 'orders',
    fence: 1,
    burst: { executionArn, burstId: 'b-1', startedAt: burst.startedAt, generation: 0 },
  });
  const { service, burstId, startedAt, trigger, actor } = burst;
  const record = { service, burstId, startedAt, trigger, actor, executionArn, memory };
  await createItem<BurstRecord>(table, burstKey(burst), record);
  await createItem(table, curveKey(burst, 0), {
    points: Array.from({ length: 60 }, (_, look) => [startedMs + 10_000 * look, 30 * look, 20 * look, 9, 4, 0, 0]),
  });
  const told: Record<string, unknown>[] = [];
  let [calls, toldAt, nowMs] = [0, 0, startedMs + 601_000];
  let dies: { readonly atCall: number; readonly done: boolean } | undefined;
  const mortal = (answer: (command: Sent) => Promise<unknown>) =>
    ({
      send: async (command: Sent) => {
        calls += 1;
        const last = dies?.atCall === calls;
        if (last && !dies?.done) throw new Error('the function was killed');
        const answered = await answer(command);
        if (last) throw new Error('the function was killed');
        return answered;
      },
    }) as never;
  const close = create({
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT', TABLE_NAME: 'spillway' },
    clients: {
      dynamodb: mortal((command) => client.send(command)),
      events: mortal(async ({ input: { Entries = [] } }) => {
        toldAt = calls;
        told.push(...Entries.map(({ Detail }) => JSON.parse(Detail) as Record<string, unknown>));
        return {};
      }),
    },
    clock: { now: () => nowMs },
  });
  return {
    told,
    /** Which of its calls told of the end. */
    toldAt: () => toldAt,
    /** @returns how many calls it made. */
    close: async (death?: typeof dies): Promise<number> => {
      [calls, dies] = [0, death];
      await close(end).catch((error: unknown) => {
        if (!death) throw error;
      });
      // Whoever tries again does it later.
      nowMs += 30_000;
      return calls;
    },
    left: async () => ({
      records: await newestBursts(table, 'orders', 10),
      control: await readControl(table, 'orders'),
      lines: (await readHistory(table, 'orders')).map(({ key, at, text }) => [key, at, text]),
    }),
  };
};

describe('the close of a burst', () => {
  it('leaves one record with its ledger, what others would have cost, its lines, and the service free', async () => {
    const { close, left, told } = await setUp();
    await close();
    const { records, control, lines } = await left();
    expect(records).toHaveLength(1);
    const [record] = records;
    expect(record).toMatchObject({ verdict: 'recalled', cause: 'calm', endedAt: '2026-11-28T12:10:01.000Z' });
    expect(record?.ledger?.comparison).toMatchObject({
      deadlineSeconds: 60,
      messages: 1_770,
      taskSecondsPerMessage: 4,
    });
    expect(record?.ledger?.comparison?.policies).toHaveLength(3);
    expect(control.burst).toBeUndefined();
    expect(lines.map(([key]) => key)).toEqual([
      'burst#b-1#peak',
      'burst#b-1#ended',
      'burst#b-1#ledger',
      'burst#b-1#comparison',
    ]);
    expect(told).toEqual([expect.objectContaining({ state: 'ENDED', verdict: 'recalled', ledger: record?.ledger })]);
  });

  it('that died before or after any of its calls, and was tried again, leaves and tells the same', async () => {
    const undisturbed = await setUp();
    const calls = await undisturbed.close();
    expect(calls).toBeGreaterThan(10);
    for (let atCall = 1; atCall <= calls; atCall += 1) {
      for (const done of [false, true]) {
        const { close, left, told } = await setUp();
        expect(await close({ atCall, done })).toBe(atCall);
        await close();
        const { records, control, lines } = await left();
        const [record] = records;
        expect(records).toHaveLength(1);
        expect(record?.endedAt).toMatch(/^2026-11-28T12:10:[03]1\.000Z$/);
        const expected = await undisturbed.left();
        expect(record?.ledger).toEqual(expected.records[0]?.ledger);
        expect(control).toEqual(expected.control);
        expect(lines.map(([key, , text]) => [key, text])).toEqual(expected.lines.map(([key, , text]) => [key, text]));
        // Told again where it died after telling, and never of two ends.
        const toldBefore = atCall > undisturbed.toldAt() || (atCall === undisturbed.toldAt() && done);
        expect(told.length).toBe(toldBefore ? 2 : 1);
        for (const one of told) expect(one).toMatchObject({ endedAt: record?.endedAt, ledger: record?.ledger });
      }
    }
  });
});
