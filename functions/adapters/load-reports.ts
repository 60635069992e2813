import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { DelayCounts, WorkerReport } from '../core/observed-burst.ts';
import { fromItem, type TableClient } from './table.ts';

/** What tasks report of their load: written by the workload, in a table of its own, an item for each task and period. */

/** Length of a period, in milliseconds. */
const periodMs = 300_000;
/** How far back reports are read: a task that has been silent for longer is not asked about any more. */
const readMs = 600_000;

const numbers = z.array(z.number());

/** One item. What does not look like one is left out: a task's mistake must not end a burst. */
const Report = z.object({
  sk: z.string(),
  task: z.string(),
  capacity: z.enum(['external', 'fargate']),
  slots: z.number().min(1),
  startedMs: z.number(),
  everySeconds: z.number().min(1),
  stopping: z.boolean(),
  points: z
    .array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]))
    .min(1),
  pickUpDelays: numbers,
  completionDelays: numbers,
});
type Report = z.infer<typeof Report>;

const toWorker = ({ points, ...report }: Report): WorkerReport => ({
  task: report.task,
  capacity: report.capacity,
  slots: report.slots,
  startedMs: report.startedMs,
  everySeconds: report.everySeconds,
  stopping: report.stopping,
  points: points.map(([atMs, pickUps, otherPickUps, completions, failures, busyMs, headSentMs, headReceivedMs]) => ({
    atMs,
    pickUps,
    otherPickUps,
    completions,
    failures,
    busyMs,
    ...(headReceivedMs > 0 && { headSentMs, headReceivedMs }),
  })),
});

const add = (a: readonly number[], b: readonly number[]): readonly number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, index) => (a[index] ?? 0) + (b[index] ?? 0));

/** The newest report of each task of a service in the last ten minutes, and the delays that all of them counted, by period. */
export const readLoadReports = async (
  table: TableClient,
  service: string,
  nowMs: number,
): Promise<{ readonly workers: readonly WorkerReport[]; readonly delays: readonly DelayCounts[] }> => {
  const from = new Date(Math.floor((nowMs - readMs) / periodMs) * periodMs).toISOString();
  const newest = new Map<string, Report>();
  const delays = new Map<string, DelayCounts>();
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :service AND sk >= :from',
        ExpressionAttributeValues: { ':service': { S: service }, ':from': { S: from } },
        ExclusiveStartKey: start,
      }),
    );
    for (const item of page.Items ?? []) {
      const parsed = Report.safeParse(fromItem(item));
      if (!parsed.success) continue;
      const report = parsed.data;
      // In the order of their periods, so that the last one of a task is its newest.
      newest.set(report.task, report);
      const [period = ''] = report.sk.split('#');
      const before = delays.get(period);
      delays.set(period, {
        fromMs: Date.parse(period),
        pickUps: add(before?.pickUps ?? [], report.pickUpDelays),
        completions: add(before?.completions ?? [], report.completionDelays),
      });
    }
    start = page.LastEvaluatedKey;
  } while (start);
  return { workers: [...newest.values()].map(toWorker), delays: [...delays.values()] };
};
