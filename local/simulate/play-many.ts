import { playSeeds } from './play-seeds.ts';
import type { SeedOutcome } from './seed-run.ts';

const progressEveryMs = 5_000;

/** Plays a scenario for many seeds: progress on stderr, failures and a summary on stdout. @returns whether all came true. */
export const playMany = async (options: {
  readonly scenario: string;
  readonly from: number;
  readonly count: number;
  readonly twice: boolean;
  readonly json: boolean;
}): Promise<boolean> => {
  const { scenario, from, count, twice, json } = options;
  const outcomes: SeedOutcome[] = [];
  const failures: SeedOutcome[] = [];
  const startedMs = performance.now();
  const wallSeconds = (): number => (performance.now() - startedMs) / 1000;
  const replayOf = (seed: number): string =>
    `npm run simulate -- --scenario ${scenario} ${twice ? `--seeds 1 --from ${seed} --twice` : `--seed ${seed}`}`;
  let nextMs = startedMs;
  const progress = (): void => {
    if (performance.now() < nextMs && outcomes.length < count) return;
    nextMs = performance.now() + progressEveryMs;
    const aMinute = (outcomes.length / wallSeconds()) * 60;
    process.stderr.write(
      `${outcomes.length} of ${count} seeds, ${failures.length} failed, ${aMinute.toFixed(1)} seeds a minute\n`,
    );
  };
  await playSeeds({
    scenario,
    from,
    count,
    twice,
    onOutcome: (outcome) => {
      outcomes.push(outcome);
      if (outcome.faults.length > 0) {
        failures.push(outcome);
        if (!json) {
          console.log(`seed ${outcome.seed} failed: ${replayOf(outcome.seed)}`);
          for (const fault of outcome.faults) console.log(`  ${fault}`);
        }
      }
      progress();
    },
  });
  const inOrder = (list: readonly SeedOutcome[]): readonly SeedOutcome[] => list.toSorted((a, b) => a.seed - b.seed);
  const seconds = Math.round(wallSeconds() * 10) / 10;
  if (json) {
    const told = inOrder(outcomes).map(({ seed, traceHash }) => ({ seed, traceHash }));
    const replays = inOrder(failures).map((failure) => ({ ...failure, replay: replayOf(failure.seed) }));
    console.log(
      JSON.stringify({ scenario, from, count, twice, wallSeconds: seconds, failures: replays, seeds: told }, null, 2),
    );
  } else {
    const virtualHours = outcomes.reduce((sum, { virtualSeconds }) => sum + virtualSeconds, 0) / 3600;
    console.log(
      `${scenario}: ${count} seeds from ${from}${twice ? ', each twice with one history' : ''}: ` +
        `${count - failures.length} came true, ${failures.length} failed; ` +
        `${(virtualHours * (twice ? 2 : 1)).toFixed(1)} h of virtual time in ${seconds} s`,
    );
  }
  return failures.length === 0;
};
