import { describe, expect, it } from 'vitest';
import { awsPrices } from './aws-prices.ts';
import { type BurstWork, overheadOf, seenWork } from './burst-overhead.ts';
import type { BurstPoint } from './state.ts';

const nothing: BurstWork = {
  looks: 0,
  moves: 0,
  signals: 0,
  fargateStarts: 0,
  fargatePaidSeconds: 0,
  fargateMessages: 0,
  publicAddresses: false,
};
const begun = overheadOf(nothing);
/** What this much more costs than a burst that does nothing but begin and end. */
const more = (work: Partial<BurstWork>) => {
  const { controller, logs, network } = overheadOf({ ...nothing, ...work });
  return {
    controller: controller - begun.controller,
    logs: logs - begun.logs,
    network: network - begun.network,
  };
};
/** A call of a function, its 0.15 GiB-seconds and its trace. */
const functionUsd = 0.0000002 + 0.15 * 0.0000133334 + 0.000005;

describe('what a burst costs beside its tasks', () => {
  it('begins with its admission and ends with its record, without a look', () => {
    const tables = 28 * 0.000000625 + 20 * 0.000000125;
    expect(begun.controller).toBeCloseTo(7 * 0.000025 + 3 * functionUsd + tables + 2 * 0.000001, 12);
    expect(begun.logs).toBeCloseTo(0.5 * 5.5e-6, 12);
    expect(begun.network).toBe(0);
  });

  it('is for each look four transitions, a function and its calls', () => {
    const look = more({ looks: 1_000 });
    const each = 4 * 0.000025 + functionUsd + 4 * 0.0000004 + 10 * 0.000000625 + 8 * 0.000000125;
    expect(look.controller).toBeCloseTo(1_000 * each, 9);
    expect(look.logs).toBeCloseTo(0.5 * 1_000 * 1.2e-6, 12);
    expect(look.network).toBe(0);
  });

  it('is for each move three transitions, two functions and an event', () => {
    const move = more({ moves: 1_000 });
    const each = 3 * 0.000025 + 2 * functionUsd + 3 * 0.000000625 + 3 * 0.000000125 + 0.000001;
    expect(move.controller).toBeCloseTo(1_000 * each, 9);
    expect(move.logs).toBeCloseTo(0.5 * 1_000 * 2.4e-6, 12);
    expect(move.network).toBe(0);
  });

  it('is for each signal of a worker an event and the function that finds the burst under way', () => {
    const signals = more({ signals: 1_000 });
    expect(signals.controller).toBeCloseTo(1_000 * (functionUsd + 0.000000125 + 0.000001), 9);
    expect(signals.logs).toBeCloseTo(0.5 * 1_000 * 1.2e-6, 12);
    expect(signals.network).toBe(0);
  });

  it('is for tasks their lines, their reports and what they send through the NAT gateway', () => {
    const starts = more({ fargateStarts: 1_000 });
    expect(starts.controller).toBe(0);
    expect(starts.logs).toBeCloseTo(0.5 * 1_000 * 0.6e-6, 12);
    expect(starts.network).toBeCloseTo(0.045 * 0.2, 12);
    const seconds = more({ fargatePaidSeconds: 10_000 });
    expect(seconds.controller).toBeCloseTo(2_000 * 0.000000625, 12);
    expect(seconds.logs).toBe(0);
    expect(seconds.network).toBeCloseTo(0.045 * 0.005, 12);
    const messages = more({ fargateMessages: 1_000_000 });
    expect(messages.controller).toBe(0);
    expect(messages.logs).toBeCloseTo(0.5 * 0.25, 12);
    expect(messages.network).toBeCloseTo(0.045 * 8, 12);
  });

  it('is for tasks with public addresses those, by the hour, and no gateway', () => {
    const work = { fargateStarts: 10, fargatePaidSeconds: 7_200, fargateMessages: 1_000_000, publicAddresses: true };
    expect(more(work).network).toBeCloseTo(2 * 0.005, 12);
  });
});

describe('what the looks let know of the workers', () => {
  /** A look every 60 s: arrived, waiting, the age of the oldest message, tasks on premises, tasks in Fargate. */
  const points = (...looks: [number, number, number, number, number][]): BurstPoint[] =>
    looks.map(([arrived, waiting, age, external, fargate], index) => [
      index * 60_000,
      arrived,
      waiting,
      age,
      external,
      9,
      fargate,
    ]);

  it('is one signal in 30 s of each task, while a message has waited for an eighth of the deadline', () => {
    const seen = points([0, 0, 15, 4, 1], [0, 0, 14.9, 4, 1], [0, 0, 15, 2, 0], [0, 0, 99, 50, 50]);
    expect(seenWork(seen, 120).signals).toBe(10 + 4);
    for (const few of [points([0, 0, 15, 4, 1]), []])
      expect(seenWork(few, 120)).toEqual({ signals: 0, fargateMessages: 0 });
  });

  it('is of the messages picked up between two looks the share of the tasks in Fargate, at both of them', () => {
    // 20 by four tasks on premises alone; 90 by those and two, then none, in Fargate; none by nobody.
    const seen = points([30, 30, 0, 4, 0], [40, 20, 0, 4, 0], [110, 0, 0, 4, 2], [110, 0, 0, 0, 0], [110, 0, 0, 0, 0]);
    expect(seenWork(seen, 120).fargateMessages).toBe(90 * 0.2);
    // Counts that were corrected take nothing back.
    expect(seenWork(points([100, 0, 0, 1, 1], [100, 50, 0, 1, 1]), 120).fargateMessages).toBe(0);
  });
});

describe('the prices', () => {
  it.each(Object.entries(awsPrices))(
    'of %s is in dollars, with the day it was read and a page of AWS',
    (_what, price) => {
      expect(price.usd).toBeGreaterThan(0);
      expect(price.readOn).toMatch(/^2026-\d\d-\d\d$/);
      expect(price.page).toMatch(/^https:\/\/aws\.amazon\.com\/.+\/pricing\//);
    },
  );
});
