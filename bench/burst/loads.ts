import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Step } from '../../local/replay/outcome.ts';
import { readTraffic } from '../../local/replay/read-traffic.ts';
import { busiestWindow, type Premises, perSecond, scaledTo, type Traffic } from '../../local/replay/traffic.ts';

/** A load of the benchmark, and the part of it that is played. */
export interface Load {
  readonly name: string;
  readonly traffic: Traffic;
  /** Where traffic jumps to several times what it was, for the loads that have such a step. */
  readonly step: Step | undefined;
}

const folder = join(import.meta.dirname, '../loads');

/** The synthetic loads by name, and their step. */
const synthetic: Readonly<Record<string, Step | undefined>> = {
  square: { fromSeconds: 1_500, toSeconds: 2_100 },
  ramp: undefined,
  flash: { fromSeconds: 1_500, toSeconds: 1_680 },
  'on-off': undefined,
  diurnal: undefined,
  steady: undefined,
};

export const syntheticNames = Object.keys(synthetic);

export const readSynthetic = (name: string): Load => {
  const file = join(folder, `${name}.csv`);
  return { name, traffic: readTraffic(readFileSync(file, 'utf8'), file), step: synthetic[name] };
};

/** @throws InvalidTraffic, or the error of a file that cannot be read */
export const readTrace = (file: string): Load => ({
  name: basename(file, extname(file)),
  traffic: readTraffic(readFileSync(file, 'utf8'), file),
  step: undefined,
});

/** The longest part of a trace that is played. */
export const windowSeconds = 6 * 3_600;

/** Expected messages a second of the part that needs Fargate most, scaled so that the premises carry `coverage` of them. */
export const playedRates = (
  { traffic }: Load,
  coverage: number,
  premises: Premises,
): { readonly startSeconds: number; readonly rates: Float64Array } => {
  const everySeconds = traffic.bins[0]?.widthSeconds ?? 1;
  const { startSeconds, rates } = busiestWindow(perSecond(traffic), windowSeconds, everySeconds, coverage, premises);
  return { startSeconds, rates: scaledTo(rates, coverage, premises) };
};
