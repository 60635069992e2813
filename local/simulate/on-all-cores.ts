import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

export interface ThreadWork<Job, Outcome> {
  /** A thread that says `ready`, and answers each job it is sent with its outcome. */
  readonly thread: URL;
  readonly threadData: unknown;
  readonly jobs: readonly Job[];
  /** The outcome of a job in whose middle the thread died. */
  readonly died: (job: Job, reason: string) => Outcome;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Does jobs on all cores. Resolves when each has an outcome; a thread that dies fails the job it had in hand. */
export const onAllCores = async <Job, Outcome>(request: ThreadWork<Job, Outcome>): Promise<void> => {
  const { thread, threadData, jobs, died, onOutcome } = request;
  let next = 0;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(thread, { workerData: threadData });
      let inHand: Job | undefined;
      const give = (): void => {
        inHand = jobs[next++];
        if (inHand === undefined) void worker.terminate().then(() => resolve());
        else worker.postMessage(inHand);
      };
      worker.on('message', (message: 'ready' | Outcome) => {
        if (message !== 'ready') onOutcome(message);
        give();
      });
      worker.on('error', (error: Error) => {
        // Without a job in hand it is the preparation that fails, as it would in every thread.
        if (inHand === undefined) return reject(error);
        onOutcome(died(inHand, `an error ended the thread: ${error.stack ?? error.message}`));
        resolve(next < jobs.length ? work() : undefined);
      });
    });
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, work));
};
