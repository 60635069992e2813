import type { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { LoadReport } from './load-report.ts';

/** Reports `times`; `whileWritten` happens while one is on its way. */
const reported = async (times: number, whileWritten: (report: LoadReport, index: number) => void) => {
  const told: number[] = [];
  const pauses: number[] = [];
  const stop = new AbortController();
  const dynamodb = {
    send: async ({ input }: PutItemCommand) => {
      told.push(Number(input.Item?.everySeconds?.N));
      whileWritten(report, told.length);
    },
  };
  const report: LoadReport = new LoadReport({
    service: 'order-processor',
    queue: 'orders',
    deadlineSeconds: 120,
    tableName: 'spillway-load',
    slots: 2,
    task: { arn: 'arn:aws:ecs:us-east-1:123456789012:task/spillway/abc', launchType: 'FARGATE' },
    clients: { dynamodb: dynamodb as never, events: { send: async () => ({}) } as never },
    clock: { now: () => 1_000_000 },
    pause: async (ms) => {
      pauses.push(ms / 1_000);
      if (pauses.length === times) stop.abort();
    },
    log: () => undefined,
  });
  await report.run(stop.signal);
  return { told, pauses };
};

it('never lets a reader wait longer than the report told, whatever is received while it is written', async () => {
  const fresh = (report: LoadReport) => report.received('orders', 999_000, 1_000_000);
  const old = (report: LoadReport) => report.received('orders', 990_000, 1_000_000);
  expect(await reported(2, fresh)).toEqual({ told: [10, 60], pauses: [10, 60] });
  // One that had waited comes while the second says that none does: the next report is not a minute away.
  expect(await reported(3, (report, index) => (index === 1 ? fresh : old)(report))).toEqual({
    told: [10, 60, 10],
    pauses: [10, 10, 10],
  });
});
