import { type Coverage, coverageOf } from '../swarm/coverage.ts';
import type { SwarmOutcome } from '../swarm/swarm.ts';
import { failedSeed, playSwarmSeed } from '../swarm/swarm-seed.ts';
import { type SwarmName, swarms } from '../swarm/swarms.ts';
import { storyClock } from '../timeline/print-timeline.ts';
import { onAllCores } from './on-all-cores.ts';

const progressEveryMs = 5_000;

const replayOf = (swarm: SwarmName, seed: number): string => `npm run simulate -- --swarm ${swarm} --seed ${seed}`;

/** Plays many seeds of a swarm: progress on stderr, broken rules and what was covered on stdout. @returns whether no rule was broken */
export const playSwarm = async (options: {
  readonly swarm: SwarmName;
  readonly from: number;
  readonly count: number;
  readonly twice: boolean;
  readonly json: boolean;
}): Promise<boolean> => {
  const { swarm, from, count, twice, json } = options;
  const outcomes: SwarmOutcome[] = [];
  const startedMs = performance.now();
  const wallSeconds = (): number => (performance.now() - startedMs) / 1_000;
  const broken = (): SwarmOutcome[] => outcomes.filter((outcome) => outcome.broken.length > 0);
  let nextMs = startedMs;
  await onAllCores<number, SwarmOutcome>({
    thread: new URL('../swarm/swarm-worker.ts', import.meta.url),
    threadData: { swarm, twice },
    jobs: Array.from({ length: count }, (_, index) => from + index),
    // A seed takes a second or two; on a machine with other work more.
    jobSecondsMax: 120,
    died: failedSeed,
    onOutcome: (outcome) => {
      outcomes.push(outcome);
      if (outcome.broken.length > 0 && !json) {
        console.log(`seed ${outcome.seed} breaks a rule: ${replayOf(swarm, outcome.seed)}`);
        for (const sentence of outcome.broken) console.log(`  ${sentence}`);
      }
      if (performance.now() < nextMs && outcomes.length < count) return;
      nextMs = performance.now() + progressEveryMs;
      const aSecond = (outcomes.length / wallSeconds()).toFixed(1);
      process.stderr.write(
        `${outcomes.length} of ${count} seeds, ${broken().length} broken, ${aSecond} seeds a second\n`,
      );
    },
  });
  const seconds = Math.round(wallSeconds() * 10) / 10;
  const inOrder = outcomes.toSorted((a, b) => a.seed - b.seed);
  const coverage = coverageOf(swarms[swarm], inOrder);
  if (json) {
    const failures = broken().map(({ seed, broken: rules }) => ({
      seed,
      broken: rules,
      replay: replayOf(swarm, seed),
    }));
    const seeds = inOrder.map(({ seed, traceHash }) => ({ seed, traceHash }));
    console.log(
      JSON.stringify({ swarm, from, count, twice, wallSeconds: seconds, failures, ...coverage, seeds }, null, 2),
    );
  } else {
    printCoverage(coverage);
    const ended = outcomes.reduce((sum, outcome) => sum + outcome.ended, 0);
    const hours = outcomes.reduce((sum, { virtualSeconds }) => sum + virtualSeconds, 0) / 3_600;
    console.log(
      `\n${swarm}: ${count} seeds from ${from}${twice ? ', each twice with one history' : ''}: ${broken().length} broken; ` +
        `${ended} ${swarms[swarm].machine}s in ${hours.toFixed(0)} h of virtual time in ${seconds} s (${(count / seconds).toFixed(1)} seeds a second)`,
    );
    const first = inOrder.find((outcome) => outcome.broken.length > 0);
    if (first) console.log(`the first: ${replayOf(swarm, first.seed)}`);
  }
  return broken().length === 0;
};

const printCoverage = ({ drawn, verdicts, statesNeverEntered, neverDrawn }: Coverage): void => {
  const table = (title: string, counts: Readonly<Record<string, number>>): void => {
    console.log(`\n${title}`);
    for (const [name, count] of Object.entries(counts)) console.log(`  ${String(count).padStart(7)}  ${name}`);
  };
  table('drawn', drawn);
  table('verdicts', verdicts);
  const none = 'none';
  console.log(`\nnot covered: states never entered: ${statesNeverEntered.join(', ') || none}`);
  console.log(`not covered: never drawn: ${neverDrawn.join(', ') || none}`);
};

/** Plays one seed before the eyes of a person, or as JSON. @returns whether no rule was broken */
export const playSwarmOnce = async (options: {
  readonly swarm: SwarmName;
  readonly seed: number;
  readonly json: boolean;
}): Promise<boolean> => {
  const { swarm, seed, json } = options;
  let startMs: number | undefined;
  const outcome = await playSwarmSeed(swarms[swarm], seed, false, (atMs, text) => {
    startMs ??= atMs;
    if (!json) console.log(`${storyClock(atMs - startMs)}  ${text}`);
  });
  if (json) console.log(JSON.stringify({ swarm, ...outcome }, null, 2));
  else {
    printCoverage(coverageOf(swarms[swarm], [outcome]));
    for (const sentence of outcome.broken) console.log(`BROKEN  ${sentence}`);
    console.log(`\n${outcome.virtualSeconds} s of virtual time, ${outcome.events} events\ntrace ${outcome.traceHash}`);
  }
  return outcome.broken.length === 0;
};
