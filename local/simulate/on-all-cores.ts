import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

export interface ThreadWork<Job, Outcome> {
  /** A thread that says `ready`, and answers each job it is sent with its outcome. */
  readonly thread: URL;
  readonly threadData: unknown;
  readonly jobs: readonly Job[];
  /** Wall seconds after which a job is given up with its thread. */
  readonly jobSecondsMax: number;
  /** The outcome of a job in whose middle the thread died. */
  readonly died: (job: Job, reason: string) => Outcome;
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * A thread makes room for a fresh one after so many jobs: what worlds leave behind in caches of libraries adds up to
 * gigabytes within a thousand of them.
 */
const jobsPerThread = 250;

/**
 * Does jobs on all cores. Resolves when each has an outcome; a thread that dies, or does not come to an end, fails the job
 * it had in hand.
 */
export const onAllCores = async <Job, Outcome>(request: ThreadWork<Job, Outcome>): Promise<void> => {
  const { thread, threadData, jobs, jobSecondsMax, died, onOutcome } = request;
  let next = 0;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(thread, { workerData: threadData });
      let inHand: Job | undefined;
      let given = 0;
      let tooLong: NodeJS.Timeout | undefined;
      const goOn = (): void => resolve(next < jobs.length ? work() : undefined);
      const give = (): void => {
        clearTimeout(tooLong);
        inHand = given < jobsPerThread ? jobs[next] : undefined;
        if (inHand === undefined) {
          void worker.terminate().then(goOn);
          return;
        }
        next += 1;
        given += 1;
        tooLong = setTimeout(giveUp, 1_000 * jobSecondsMax, inHand);
        worker.postMessage(inHand);
      };
      const giveUp = (job: Job): void => {
        inHand = undefined;
        onOutcome(died(job, `it did not come to an end within ${jobSecondsMax} s`));
        void worker.terminate().then(goOn);
      };
      worker.on('message', (message: 'ready' | Outcome) => {
        if (message !== 'ready') {
          // Told in the moment in which it was given up.
          if (inHand === undefined) return;
          onOutcome(message);
        }
        give();
      });
      worker.on('error', (error: Error) => {
        clearTimeout(tooLong);
        // Without a job in hand it is the preparation that fails, as it would in every thread.
        if (inHand === undefined) return reject(error);
        onOutcome(died(inHand, `an error ended the thread: ${error.stack ?? error.message}`));
        goOn();
      });
    });
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, work));
};
