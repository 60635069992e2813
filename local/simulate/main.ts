import { Command, InvalidArgumentError } from 'commander';
import configuration from '../../spillway.config.ts';
import { formatLine, storyClock } from '../timeline/print-timeline.ts';
import { prepareWorlds } from '../virtual/world.ts';
import { playMainJob } from './main-job.ts';

const scenarios = { 'main-job': playMainJob } as const;
type ScenarioName = keyof typeof scenarios;

const parseScenario = (value: string): ScenarioName => {
  if (value in scenarios) return value as ScenarioName;
  throw new InvalidArgumentError(`There is no scenario '${value}'. Accepted: ${Object.keys(scenarios).join(', ')}.`);
};
const parseSeed = (value: string): number => {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError(`'${value}' is no seed. Accepted: a whole number from 0 to 999999999.`);
};

const command = new Command('npm run simulate --')
  .description(
    'Plays a scenario in virtual time, in one process: the real functions, state machines and services on the simulator.',
  )
  .requiredOption('--scenario <name>', `what to play: ${Object.keys(scenarios).join(', ')}`, parseScenario)
  .option('--seed <number>', 'the source of all chance; one seed gives one history', parseSeed, 1)
  .option('--json', 'print one JSON document instead of the timeline')
  .addHelpText('after', '\nExit codes: 0 the story came true, 1 it did not, 2 wrong arguments.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();

const options = command.opts<{ scenario: ScenarioName; seed: number; json?: boolean }>();

const say = (line: string): void => {
  if (!options.json) console.log(line);
};
const startedMs = performance.now();
say(`Scenario ${options.scenario}, seed ${options.seed}: loading functions and templates.`);
const material = await prepareWorlds(configuration);
const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
const result = await scenarios[options.scenario](material, options.seed, (line) =>
  say(formatLine(storyClock(line.sinceStartMs), line, colour)),
);
const wallSeconds = (performance.now() - startedMs) / 1000;
const failed = result.checks.filter((one) => !one.ok);
if (options.json) {
  console.log(JSON.stringify({ ...result, wallSeconds: Math.round(wallSeconds * 10) / 10 }, null, 2));
} else {
  console.log('');
  for (const { rule, ok, found } of result.checks)
    console.log(`  ${ok ? 'yes' : 'NO '}  ${rule}${ok ? '' : `: found ${found}`}`);
  const { sent, processed, twice, lost, onFargate } = result.orders;
  console.log(`\norders: ${sent} sent, ${processed} processed (${onFargate} on Fargate), ${twice} twice, ${lost} lost`);
  console.log(
    `${result.virtualSeconds} s of virtual time, ${result.events} events, ${wallSeconds.toFixed(1)} s of wall time`,
  );
  console.log(`trace ${result.traceHash}`);
}
process.exitCode = failed.length === 0 ? 0 : 1;
