import { readFileSync } from 'node:fs';
import { join, parse, resolve, sep } from 'node:path';
import { InvalidTraffic, readTraffic } from '../../local/replay/read-traffic.ts';
import { busiestWindow, type Premises, perSecond, scaledTo, type Traffic } from '../../local/replay/traffic.ts';

/** A load of the benchmark, and the part of it that is played. */
export interface Load {
  readonly name: string;
  readonly traffic: Traffic;
}

const folder = join(import.meta.dirname, '../loads');

export const syntheticNames: readonly string[] = ['square', 'ramp', 'flash', 'on-off', 'diurnal', 'steady'];

export const readSynthetic = (name: string): Load => {
  const file = join(folder, `${name}.csv`);
  return { name, traffic: readTraffic(readFileSync(file, 'utf8'), file) };
};

/**
 * Each under the name of its file, and of as many of its folders as tell it from the others and from the synthetic loads.
 * @throws InvalidTraffic, also where a file is given twice; or the error of a file that cannot be read
 */
export const readTraces = (files: readonly string[]): readonly Load[] => {
  const paths = files.map((file) => {
    const { dir, name } = parse(resolve(file));
    return [...dir.split(sep), name];
  });
  return files.map((file, index) => {
    const named = (path: readonly string[] | undefined, parts: number): string => (path ?? []).slice(-parts).join('/');
    const own = paths[index] ?? [];
    const taken = (parts: number): readonly string[] => [
      ...syntheticNames,
      ...paths.flatMap((path, other) => (other === index ? [] : [named(path, parts)])),
    ];
    const parts = own.findIndex((_, at) => !taken(at + 1).includes(named(own, at + 1))) + 1;
    if (parts === 0) throw new InvalidTraffic(`${file} is given twice`);
    return { name: named(own, parts), traffic: readTraffic(readFileSync(file, 'utf8'), file) };
  });
};

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
