import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { relative, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { prepareChart } from '../cli/charts/prepare-chart.ts';
import { conditions, usually } from '../local/replay/conditions.ts';
import { findStep } from '../local/replay/find-step.ts';
import { describeTraffic, InvalidTraffic } from '../local/replay/read-traffic.ts';
import { type Cell, ours, planReplayed, policyNames } from '../local/replay/run-cell.ts';
import { runCells } from '../local/replay/run-cells.ts';
import { policyChart } from './burst/chart.ts';
import { judgeGoals } from './burst/goals.ts';
import { codeVersion, KeptResults } from './burst/kept-results.ts';
import { type Load, playedRates, readSynthetic, readTraces, syntheticNames } from './burst/loads.ts';
import { printGoals, printScenarios, printSummaries } from './burst/print.ts';
import { type Played, toRows } from './burst/rows.ts';

/** What bursts cost and how late messages are, under our controller in the simulator and under the policies of others. */

const externalSlots = 20;
const serviceSeconds = 4;
/** The part of a trace is chosen once, so that all deadlines meet the same traffic. */
const windowDeadlineSeconds = 120;
/** Under a condition that must heal, messages of the first ten minutes may be late. */
const healSeconds = 600;
const keptIn = '.spillway/bench';

const list =
  <T>(read: (text: string) => T) =>
  (text: string): readonly T[] =>
    text.split(',').map((each) => read(each.trim()));
const oneOf =
  (what: string, accepted: readonly string[]) =>
  (text: string): string => {
    if (accepted.includes(text)) return text;
    throw new InvalidArgumentError(`There is no ${what} '${text}'. Accepted: ${accepted.join('; ')}.`);
  };
const number =
  (what: string, from: number, to: number, whole = false) =>
  (text: string): number => {
    const value = text === '' ? Number.NaN : Number(text);
    if (value >= from && value <= to && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(
      `'${text}' is no ${what}. Accepted: a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`,
    );
  };

const command = new Command('npm run bench:burst --')
  .description(
    `Replays loads of whole messages and measures lateness and Fargate task-hours: our controller as it deploys, in the simulator ('${ours}'), beside the policies of others and the offline optimum. ${externalSlots} messages at a time on premises, ${serviceSeconds} s of work each on average; Fargate starts in 15 s unbilled and 30 s billed, spread by a quarter, one in fifty twice as slow, and bills at least a minute.`,
  )
  .option(
    '--loads <names>',
    `synthetic loads, with commas: ${syntheticNames.join(', ')} (default: all; with --trace none)`,
    list(oneOf('load', syntheticNames)),
  )
  .option(
    '--trace <file>',
    "a file 'timestamp_s,count' of one's own, may be repeated; of a longer one the six hours that need Fargate most are played",
    (file: string, before: readonly string[] = []) => [...before, file],
  )
  .option(
    '--coverage <shares>',
    'what the premises carry of the mean load, with commas',
    list(number('coverage', 0.1, 10)),
    [0.8, 1.2],
  )
  .option(
    '--deadline <seconds>',
    'objectives, with commas (default: 60,120,300; with --robustness 120)',
    list(number('deadline', 10, 3_600)),
  )
  .option('--seeds <count>', 'draws of each load', number('number of seeds', 1, 100, true), 3)
  .option(
    '--policies <names>',
    'policies, with semicolons (default: all; with --robustness ours and the replayed plan)',
    (text: string) => text.split(';').map((name) => oneOf('policy', policyNames)(name.trim())),
  )
  .option('--robustness', 'play the conditions under which the controller believes something wrong, or loses something')
  .option(
    '--conditions <names>',
    `with --robustness, only these, with semicolons: ${Object.keys(conditions).join('; ')}`,
    (text: string) => text.split(';').map((name) => oneOf('condition', Object.keys(conditions))(name.trim())),
  )
  .option('--resume', 'take what an interrupted run of the same code has played already, and play the rest')
  .option('--chart <file>', 'where the chart is written, as SVG', '.spillway/bench-burst.svg')
  .option('--json', 'print one JSON document instead of the tables')
  .addHelpText(
    'after',
    `\nfirstLaunchS and recallS are of loads with one step: within a minute from less than the premises carry to more, to at least three times what it was (means over a minute), and below it again later. They are null for others.\nEach replay is kept in ${keptIn} when it ends. Progress goes to standard error.\nExit codes: 0 measured, whatever the goals; 1 a replay failed, or lost a message or did one twice; 2 wrong arguments or a file that cannot be used.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();
const options = command.opts<{
  loads?: readonly string[];
  trace?: readonly string[];
  coverage: readonly number[];
  deadline?: readonly number[];
  seeds: number;
  policies?: readonly string[];
  robustness?: boolean;
  conditions?: readonly (keyof typeof conditions)[];
  chart: string;
  resume?: boolean;
  json?: boolean;
}>();
if (options.conditions && !options.robustness) command.error('error: --conditions goes with --robustness');

const readLoads = (): readonly Load[] => {
  try {
    const traces = readTraces(options.trace ?? []);
    return [...(options.loads ?? (options.trace ? [] : syntheticNames)).map(readSynthetic), ...traces];
  } catch (error) {
    const { code, message, path } = error as NodeJS.ErrnoException;
    if (error instanceof InvalidTraffic) return command.error(`error: ${message}`);
    if (code) return command.error(`error: ${path ?? 'a file'} cannot be read: ${message}`);
    throw error;
  }
};

const loads = readLoads();
const deadlines = options.deadline ?? (options.robustness ? [120] : [60, 120, 300]);
const policies = options.policies ?? (options.robustness ? [planReplayed, ours] : policyNames);
const played = options.robustness
  ? (options.conditions ??
    (Object.keys(conditions) as readonly (keyof typeof conditions)[]).filter((name) => name !== usually))
  : ([usually] as const);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const cells: Cell[] = [];
for (const load of loads) {
  say(`${load.name}: ${describeTraffic(load.traffic)}`);
  for (const coverage of options.coverage) {
    const premises = { externalSlots, serviceSeconds, deadlineSeconds: windowDeadlineSeconds };
    const { startSeconds, rates } = playedRates(load, coverage, premises);
    const step = findStep(rates, externalSlots / serviceSeconds);
    const hours = (rates.length / 3_600).toFixed(1);
    say(
      `${load.name}, coverage ${coverage}: ${hours} h from ${startSeconds} s on${step ? `, a step from ${step.fromSeconds} to ${step.toSeconds} s` : ''}`,
    );
    for (const condition of played)
      for (const deadlineSeconds of deadlines)
        for (let seed = 1; seed <= options.seeds; seed += 1)
          cells.push({
            trace: load.name,
            coverage,
            rates,
            externalSlots,
            serviceSeconds,
            deadlineSeconds,
            seed,
            condition,
            policies,
            countFromSeconds: condition === usually ? 0 : healSeconds,
            ...(step && { step }),
          });
  }
}

try {
  prepareChart(options.chart);
} catch (error) {
  command.error(`error: ${(error as Error).message}`);
}

const startedMs = performance.now();
const seconds = (): number => (performance.now() - startedMs) / 1_000;
const cellName = ({ trace, coverage, deadlineSeconds, seed, condition }: Cell): string =>
  `${trace}, coverage ${coverage}, D ${deadlineSeconds} s, seed ${seed}, ${condition}`;
const messages = ({ rates }: Cell): number => rates.reduce((sum, rate) => sum + rate, 0);
const kept = new KeptResults(keptIn, codeVersion());
const resultOf = options.resume ? kept.read() : () => undefined;
const results: Played[] = cells.flatMap((cell) => {
  const result = resultOf(cell);
  return result ? [{ cell, result }] : [];
});
const missing = cells.filter((cell) => !results.some((played) => played.cell === cell));
if (options.resume) say(`${results.length} of ${cells.length} replays taken from ${kept.file}`);
const all = missing.reduce((sum, cell) => sum + messages(cell), 0);
let done = 0;
let nextSayMs = startedMs + 5_000;
await runCells(missing, (cell, result) => {
  results.push({ cell, result });
  kept.keep(cell, result);
  done += messages(cell);
  for (const [policy, failure] of Object.entries(result.failures)) say(`${policy}, ${cellName(cell)}: ${failure}`);
  if (performance.now() < nextSayMs && results.length < cells.length) return;
  nextSayMs = performance.now() + 5_000;
  const left = (seconds() / done) * (all - done);
  say(`${results.length} of ${cells.length} replays, ${Math.round(seconds())} s; about ${Math.round(left)} s to go`);
});

const order = new Map(cells.map((cell, index) => [cell, index]));
const rows = toRows(results.toSorted((a, b) => (order.get(a.cell) ?? 0) - (order.get(b.cell) ?? 0)));
const goals = judgeGoals(rows);
writeFileSync(options.chart, await policyChart(rows));
const cost = {
  wallSeconds: Math.round(seconds()),
  replays: cells.length,
  messages: Math.round(cells.reduce((sum, cell) => sum + messages(cell), 0)),
  cpuSeconds: Math.round(results.reduce((sum, { result }) => sum + result.cpuSeconds, 0)),
  controllerCpuSeconds: Math.round(results.reduce((sum, { result }) => sum + result.controllerCpuSeconds, 0)),
};
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
if (options.json) {
  console.log(JSON.stringify({ machine, cost, rows, goals }, null, 2));
} else {
  const parts = [...(policies.includes(ours) ? [printScenarios(rows)] : []), printGoals(goals)];
  console.log([printSummaries(rows), ...parts].join('\n\n'));
  console.log(
    `\n${cost.replays} replays of ${cost.messages} messages in ${cost.wallSeconds} s on ${machine.cores} cores (${machine.cpu}); ` +
      `${cost.cpuSeconds} s of CPU, ${cost.controllerCpuSeconds} of them our controller in the simulator.\n` +
      `chart: ${relative(process.cwd(), resolve(options.chart))}`,
  );
}
if (rows.some(({ lost, doneTwice, error }) => lost > 0 || doneTwice > 0 || error !== null)) process.exitCode = 1;
