import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Draws } from '../../simulator/kernel/draws.ts';

/**
 * Writes the synthetic loads of the burst benchmark: `npx node bench/loads/generate.ts`. Counts are shapes times a mean of
 * 100 a bin; the benchmark scales them. One seed, so that anybody can write the same files again.
 */

const seed = 20_260_105;
const hour = 3_600;

interface Load {
  readonly seconds: number;
  readonly binSeconds: number;
  /** Relative to any unit: expected traffic at a second. */
  readonly at: (second: number) => number;
}

const between = (second: number, from: number, to: number): boolean => second >= from && second < to;

/** Long-tailed lengths, as people and batch jobs make them: at least `least`, on average three times that. */
const pareto = (draws: Draws, name: string, least: number): number => least / (1 - draws.next(name)) ** (1 / 1.5);

/** Bursts of seconds, one after the other, with silence between: at most 90 s and at most 300 s long. */
const onAndOff = (draws: Draws, seconds: number): ((second: number) => number) => {
  const on = new Uint8Array(seconds);
  for (let second = 0; second < seconds; ) {
    const silent = Math.min(300, pareto(draws, 'silence', 20));
    const loud = Math.min(90, pareto(draws, 'burst', 7));
    on.fill(1, Math.round(second + silent), Math.round(second + silent + loud));
    second += silent + loud;
  }
  return (second) => (on[second] ? 1 : 0.02);
};

export const loads = (): Readonly<Record<string, Load>> => {
  const draws = new Draws(seed);
  return {
    // From 0.4 to 3.1 times, 10 minutes of 62.
    square: { seconds: 3_720, binSeconds: 10, at: (second) => (between(second, 1_500, 2_100) ? 3.1 : 0.4) },
    ramp: {
      seconds: hour,
      binSeconds: 10,
      at: (second) => 0.4 + Math.max(0, 1.8 * (1 - Math.abs(second - 1_800) / 1_200)),
    },
    flash: { seconds: hour, binSeconds: 10, at: (second) => (between(second, 1_500, 1_680) ? 6 : 0.6) },
    'on-off': { seconds: hour, binSeconds: 1, at: onAndOff(draws, hour) },
    // A day in two hours: quiet at night, a hump before noon and a higher one in the evening.
    diurnal: {
      seconds: 2 * hour,
      binSeconds: 10,
      at: (second) => {
        const day = (second / (2 * hour)) * 24;
        const hump = (around: number, width: number): number => Math.exp(-(((day - around) / width) ** 2));
        return 0.25 + 0.9 * hump(11, 3.5) + 1.5 * hump(19.5, 2);
      },
    },
    // Breathes by a tenth: at 1.2 times its mean the premises carry all of it.
    steady: { seconds: hour, binSeconds: 10, at: (second) => 1 + 0.1 * Math.sin((second / 600) * 2 * Math.PI) },
  };
};

/** Expected counts with a hundredth of noise, mean 100 a bin: no load is as smooth as its formula. */
export const csvOf = (name: string, { seconds, binSeconds, at }: Load): string => {
  const draws = new Draws(seed);
  const bins = Array.from({ length: seconds / binSeconds }, (_, bin) => at(bin * binSeconds));
  const mean = bins.reduce((sum, value) => sum + value, 0) / bins.length;
  const lines = bins.map((value, bin) => {
    const noise = 1 + 0.02 * (draws.next(name) - 0.5);
    return `${bin * binSeconds},${Math.round((100 * value * noise) / mean)}`;
  });
  return ['timestamp_s,count', ...lines, ''].join('\n');
};

if (import.meta.main) {
  for (const [name, load] of Object.entries(loads()))
    writeFileSync(join(import.meta.dirname, `${name}.csv`), csvOf(name, load));
}
