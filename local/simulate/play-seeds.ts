import { onAllCores } from './on-all-cores.ts';
import { failed, type Job, type SeedOutcome } from './seed-run.ts';

export interface SeedsRequest {
  readonly scenario: string;
  readonly jobs: readonly Job[];
  /** Play each twice and compare the histories. */
  readonly twice: boolean;
  readonly onOutcome: (outcome: SeedOutcome) => void;
}

/** Plays a scenario for many jobs on all cores. */
export const playSeeds = ({ scenario, jobs, twice, onOutcome }: SeedsRequest): Promise<void> =>
  onAllCores({
    thread: new URL('./seed-worker.ts', import.meta.url),
    threadData: { scenario, twice },
    jobs,
    // A whole day takes some seconds; on a machine with other work more.
    jobSecondsMax: 300,
    died: failed,
    onOutcome,
  });
