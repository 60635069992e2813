import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { failed, type Job, type SeedOutcome } from './seed-run.ts';

export interface SeedsRequest {
  readonly scenario: string;
  readonly jobs: readonly Job[];
  /** Play each twice and compare the histories. */
  readonly twice: boolean;
  readonly onOutcome: (outcome: SeedOutcome) => void;
}

/** Plays many jobs on all cores. Resolves when each has an outcome; a thread that dies fails the job it had in hand. */
export const playSeeds = async ({ scenario, jobs, twice, onOutcome }: SeedsRequest): Promise<void> => {
  let next = 0;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: { scenario, twice } });
      let inHand: Job | undefined;
      const give = (): void => {
        inHand = jobs[next++];
        if (inHand === undefined) void worker.terminate().then(() => resolve());
        else worker.postMessage(inHand);
      };
      worker.on('message', (message: 'ready' | SeedOutcome) => {
        if (message !== 'ready') onOutcome(message);
        give();
      });
      worker.on('error', (error: Error) => {
        // Without a job in hand it is the preparation that fails, as it would in every thread.
        if (inHand === undefined) return reject(error);
        onOutcome(failed(inHand, `an error ended the thread: ${error.stack ?? error.message}`));
        resolve(next < jobs.length ? work() : undefined);
      });
    });
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, work));
};
