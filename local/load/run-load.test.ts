import { describe, expect, it } from 'vitest';
import { sleep } from '../../simulator/kernel/kernel.ts';
import { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import { OrdersClient } from './orders-client.ts';
import { type LoadReport, type Progress, runLoad } from './run-load.ts';

const startMs = Date.parse('2026-01-05T09:00:00Z');

interface World {
  /** Seconds from the placing of order number n to its effect; undefined: never. */
  readonly seconds?: (number: number) => number | undefined;
  readonly effects?: (number: number) => number;
  readonly place?: (number: number, attempt: number) => Response | Error | undefined;
  readonly answerSeconds?: number;
}

/** An orders API of a few lines: ids are the keys, effects come when the world says. */
const play = async (world: World, settleSeconds = 60) => {
  const kernel = new VirtualKernel({ seed: 1, startMs });
  const clock = { now: () => kernel.now(), sleep: (ms: number) => sleep(kernel, ms, 'load') };
  const placedMs = new Map<string, number>();
  const attempts = new Map<number, number>();
  const numberOf = (key: string): number => Number(key.split('-').at(-1));
  const answer = async (url: string, init?: RequestInit): Promise<Response> => {
    if (init?.method !== 'POST') {
      const id = url.split('/').at(-1) as string;
      const number = numberOf(id);
      const seconds = world.seconds ? world.seconds(number) : 1;
      const processedMs = (placedMs.get(id) as number) + (seconds ?? Number.POSITIVE_INFINITY) * 1_000;
      if (kernel.now() < processedMs) return Response.json({ status: 'accepted', effects: 0 });
      return Response.json({
        status: 'processed',
        processedAt: new Date(processedMs).toISOString(),
        processedOn: { capacity: number % 2 === 0 ? 'external' : 'fargate', task: 'arn' },
        effects: world.effects?.(number) ?? 1,
      });
    }
    const key = new Headers(init.headers).get('idempotency-key') as string;
    const attempt = (attempts.get(numberOf(key)) ?? 0) + 1;
    attempts.set(numberOf(key), attempt);
    if (world.answerSeconds) await clock.sleep(world.answerSeconds * 1_000);
    const special = world.place?.(numberOf(key), attempt);
    if (special instanceof Error) throw special;
    if (special) return special;
    if (!placedMs.has(key)) placedMs.set(key, kernel.now());
    return Response.json({ id: key }, { status: 202 });
  };
  const progress: Progress[] = [];
  let report: LoadReport | undefined;
  const client = new OrdersClient('http://127.0.0.1:8080', clock, answer);
  void runLoad({ rate: 20, forSeconds: 10, settleSeconds, run: 'run' }, client, clock, (step) =>
    progress.push(step),
  ).then((done) => {
    report = done;
  });
  await kernel.run({ untilMs: startMs + 600_000, done: () => report !== undefined });
  return { report: report as unknown as LoadReport, progress, placedMs, attempts, endedMs: kernel.now() };
};

describe('a load', () => {
  it('sends rate times seconds orders, each at its own time', async () => {
    const { report, placedMs } = await play({});
    expect(report).toMatchObject({ sent: 200, accepted: 200, processed: 200, twice: [], lost: [] });
    expect([...placedMs.values()].map((atMs) => atMs - startMs).slice(0, 3)).toEqual([0, 50, 100]);
    expect(placedMs.get('run-199')).toBe(startMs + 9_950);
  });

  it('goes on sending at its rate while answers are slow', async () => {
    const { report, placedMs } = await play({ answerSeconds: 8 });
    expect(report.accepted).toBe(200);
    expect(placedMs.get('run-199')).toBe(startMs + 17_950);
  });

  it('counts by capacity and measures from the sending to the effect', async () => {
    const { report } = await play({ seconds: (number) => (number < 100 ? 1 : number < 190 ? 2 : 30) });
    expect(report.processedOn).toEqual({ external: 100, fargate: 100 });
    expect(report.secondsToProcessed).toEqual({ p50: 1, p95: 2, max: 30 });
  });

  it('reports an order that never had its effect as lost, when the waiting ends', async () => {
    const { report, endedMs } = await play({ seconds: (number) => (number === 7 ? undefined : 1) }, 60);
    expect(report).toMatchObject({ processed: 199, lost: ['run-7'], twice: [] });
    expect(endedMs - startMs).toBeGreaterThanOrEqual(69_000);
    expect(endedMs - startMs).toBeLessThanOrEqual(72_000);
  });

  it('reports an order with two effects', async () => {
    const { report } = await play({ effects: (number) => (number === 7 ? 2 : 1) });
    expect(report).toMatchObject({ processed: 200, twice: ['run-7'], lost: [] });
  });

  it('repeats what was throttled or did not arrive, with the same key', async () => {
    const { report, attempts } = await play({
      place: (number, attempt) => {
        if (number === 3 && attempt === 1) return new Response(null, { status: 503 });
        if (number === 4 && attempt < 6) return new Error('socket hang up');
        return undefined;
      },
    });
    expect(report).toMatchObject({ accepted: 200, refused: {}, lost: [] });
    expect([attempts.get(3), attempts.get(4), attempts.get(5)]).toEqual([2, 6, 1]);
  });

  it('gives an order up after six tries, and one that is refused at once', async () => {
    const { report, attempts } = await play({
      place: (number) =>
        number === 3
          ? new Response(null, { status: 503 })
          : number === 4
            ? new Response(null, { status: 422 })
            : undefined,
    });
    expect(report).toMatchObject({ sent: 200, accepted: 198, refused: { 'status 503': 1, 'status 422': 1 }, lost: [] });
    expect([attempts.get(3), attempts.get(4)]).toEqual([6, 1]);
  });

  it('goes on looking at the others while a hundred lost orders stand first in line', async () => {
    const { report, progress } = await play({ seconds: (number) => (number < 100 ? undefined : 1) }, 10);
    expect(report.lost).toHaveLength(100);
    expect(Math.max(...progress.map((step) => (step.phase === 'settle' ? step.done : 0)))).toBe(100);
  });

  it('tells its progress through its three phases', async () => {
    const { progress } = await play({});
    expect(new Set(progress.map((step) => step.phase))).toEqual(new Set(['send', 'settle', 'reconcile']));
    expect(progress.at(-1)).toEqual({ phase: 'reconcile', done: 200, total: 200 });
  });
});
