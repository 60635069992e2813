import { readFileSync } from 'node:fs';
import type { Swarm, SwarmOutcome } from './swarm.ts';

/** What seeds have drawn and reached, and what none of them has. */
export interface Coverage {
  readonly drawn: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
  /** States of the machine that no seed entered. */
  readonly statesNeverEntered: readonly string[];
  /** Faults and acts that no seed drew. */
  readonly neverDrawn: readonly string[];
}

const sums = (records: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> => {
  const sum: Record<string, number> = {};
  for (const record of records)
    for (const [name, count] of Object.entries(record)) sum[name] = (sum[name] ?? 0) + count;
  return Object.fromEntries(Object.entries(sum).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

export const coverageOf = ({ machine, drawable }: Swarm, outcomes: readonly SwarmOutcome[]): Coverage => {
  const definition = new URL(`../../state-machines/${machine}.asl.json`, import.meta.url);
  const { States } = JSON.parse(readFileSync(definition, 'utf8')) as { States: Record<string, unknown> };
  const entered = new Set(outcomes.flatMap((outcome) => outcome.entered));
  const drawn = sums(outcomes.map((outcome) => outcome.drawn));
  return {
    drawn,
    verdicts: sums(outcomes.map((outcome) => outcome.verdicts)),
    statesNeverEntered: Object.keys(States).filter((state) => !entered.has(state)),
    neverDrawn: drawable.filter((name) => !(name in drawn)),
  };
};
