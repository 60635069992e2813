import { describeVariant, variants } from '../unknowns/variants.ts';
import { playSeeds } from './play-seeds.ts';
import type { Job, SeedOutcome } from './seed-run.ts';

const progressEveryMs = 5_000;

/** Plays a scenario many times: progress on stderr, failures and a summary on stdout. @returns whether all came true. */
export const playMany = async (options: {
  readonly scenario: string;
  readonly jobs: readonly Job[];
  /** What differs between the jobs, for the summary: `1000 seeds from 1`. */
  readonly what: string;
  readonly twice: boolean;
  readonly json: boolean;
}): Promise<boolean> => {
  const { scenario, jobs, what, twice, json } = options;
  const count = jobs.length;
  const outcomes: SeedOutcome[] = [];
  const failures: SeedOutcome[] = [];
  const startedMs = performance.now();
  const wallSeconds = (): number => (performance.now() - startedMs) / 1000;
  const replayOf = ({ seed, variant }: Job): string =>
    `npm run simulate -- --scenario ${scenario} ${twice ? `--seeds 1 --from ${seed} --twice` : `--seed ${seed}`} --variant ${variant}`;
  let nextMs = startedMs;
  const progress = (): void => {
    if (performance.now() < nextMs && outcomes.length < count) return;
    nextMs = performance.now() + progressEveryMs;
    const aMinute = (outcomes.length / wallSeconds()) * 60;
    process.stderr.write(
      `${outcomes.length} of ${count} played, ${failures.length} failed, ${aMinute.toFixed(1)} a minute\n`,
    );
  };
  await playSeeds({
    scenario,
    jobs,
    twice,
    onOutcome: (outcome) => {
      outcomes.push(outcome);
      if (outcome.faults.length > 0) {
        failures.push(outcome);
        if (!json) {
          console.log(`seed ${outcome.seed} failed: ${replayOf(outcome)}`);
          const variant = variants[outcome.variant];
          if (variant) console.log(`  with ${describeVariant(variant)}`);
          for (const fault of outcome.faults) console.log(`  ${fault}`);
        }
      }
      progress();
    },
  });
  const inOrder = (list: readonly SeedOutcome[]): readonly SeedOutcome[] =>
    list.toSorted((a, b) => a.seed - b.seed || a.variant - b.variant);
  const seconds = Math.round(wallSeconds() * 10) / 10;
  if (json) {
    const told = inOrder(outcomes).map(({ seed, variant, traceHash }) => ({ seed, variant, traceHash }));
    const replays = inOrder(failures).map((failure) => ({ ...failure, replay: replayOf(failure) }));
    console.log(
      JSON.stringify({ scenario, what, count, twice, wallSeconds: seconds, failures: replays, seeds: told }, null, 2),
    );
  } else {
    const virtualHours = outcomes.reduce((sum, { virtualSeconds }) => sum + virtualSeconds, 0) / 3600;
    console.log(
      `${scenario}: ${what}${twice ? ', each twice with one history' : ''}: ` +
        `${count - failures.length} came true, ${failures.length} failed; ` +
        `${(virtualHours * (twice ? 2 : 1)).toFixed(1)} h of virtual time in ${seconds} s`,
    );
  }
  return failures.length === 0;
};
