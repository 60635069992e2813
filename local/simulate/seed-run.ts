import { variants } from '../unknowns/variants.ts';
import type { WorldMaterial } from '../virtual/world.ts';
import type { StoryResult } from './main-job.ts';
import type { Play } from './scenarios.ts';

/** One run: all that its history depends on. */
export interface Job {
  readonly seed: number;
  /** The variant of AWS's unknowns, by its number. */
  readonly variant: number;
}

/** What became of one seed. */
export interface SeedOutcome extends Job {
  readonly traceHash: string | undefined;
  readonly virtualSeconds: number;
  readonly events: number;
  /** Sentences; empty when the story came true. */
  readonly faults: readonly string[];
}

/** Plays a seed, and once more where `twice` says so: both histories must be the same. Never rejects. */
export const playSeed = async (play: Play, material: WorldMaterial, job: Job, twice: boolean): Promise<SeedOutcome> => {
  const first = await attempt(play, material, job);
  if (typeof first === 'string') return failed(job, first);
  const faults = first.checks.filter(({ ok }) => !ok).map(({ rule, found }) => `not true: ${rule}; found ${found}`);
  if (twice) {
    const second = await attempt(play, material, job);
    if (typeof second === 'string') faults.push(`the second run ended differently: ${second}`);
    else if (second.traceHash !== first.traceHash)
      faults.push(`two runs, two histories: ${first.traceHash} and ${second.traceHash}`);
  }
  const { traceHash, virtualSeconds, events } = first;
  return { ...job, traceHash, virtualSeconds, events, faults };
};

const attempt = async (play: Play, material: WorldMaterial, job: Job): Promise<StoryResult | string> => {
  try {
    return await play(material, job.seed, () => undefined, variants[job.variant]?.fidelity);
  } catch (error) {
    return `an error that nobody handled: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
};

export const failed = (job: Job, fault: string): SeedOutcome => ({
  ...job,
  traceHash: undefined,
  virtualSeconds: 0,
  events: 0,
  faults: [fault],
});
