import { Command, InvalidArgumentError, Option } from 'commander';
import { drills } from '../drills/drills.ts';
import { type SwarmName, swarmNames } from '../swarm/swarms.ts';
import { variantOfSeed, variants } from '../unknowns/variants.ts';
import { playDrill } from './play-drill.ts';
import { playMany } from './play-many.ts';
import { playOne } from './play-one.ts';
import { playSwarm, playSwarmOnce } from './play-swarm.ts';
import { scenarios } from './scenarios.ts';

const oneOf =
  (what: string, accepted: readonly string[]) =>
  (value: string): string => {
    if (accepted.includes(value)) return value;
    throw new InvalidArgumentError(`There is no ${what} '${value}'. Accepted: ${accepted.join(', ')}.`);
  };
const wholeNumber =
  (what: string, from: number, to: number) =>
  (value: string): number => {
    if (/^\d{1,9}$/.test(value) && Number(value) >= from && Number(value) <= to) return Number(value);
    throw new InvalidArgumentError(`'${value}' is no ${what}. Accepted: a whole number from ${from} to ${to}.`);
  };
const scenarioNames = Object.keys(scenarios);
const drillNames = Object.keys(drills);
const seedMax = 999_999_999;

const command = new Command('npm run simulate --')
  .description(
    'Plays in virtual time: a scenario of the real functions, state machines and services on the simulator, or a drill of what ECS does by itself.',
  )
  .addOption(
    new Option('--scenario <name>', `a story with the whole controller: ${scenarioNames.join(', ')}`).argParser(
      oneOf('scenario', scenarioNames),
    ),
  )
  .addOption(
    new Option('--drill <name>', `ECS alone, checked against what AWS documents: ${drillNames.join(', ')}`)
      .argParser(oneOf('drill', drillNames))
      .conflicts(['scenario', 'seeds']),
  )
  .addOption(
    new Option(
      '--swarm <name>',
      `rollouts or bursts under all faults at once, held against rules: ${swarmNames.join(', ')}`,
    )
      .argParser(oneOf('swarm', swarmNames))
      .conflicts(['scenario', 'drill']),
  )
  .option(
    '--seed <number>',
    'the source of all chance; one seed gives one history (default: 1)',
    wholeNumber('seed', 0, seedMax),
  )
  .addOption(
    new Option('--seeds <count>', 'play the scenario or the swarm for so many seeds on all cores, and tell which fail')
      .argParser(wholeNumber('number of seeds', 1, 1_000_000))
      .conflicts('seed'),
  )
  .addOption(
    new Option(
      '--unknowns',
      `play the scenario's seed under ${variants.length} variants of what nobody knows of AWS, in which every two settings of any two questions meet`,
    ).conflicts(['seeds', 'drill', 'swarm']),
  )
  .addOption(
    new Option(
      '--variant <number>',
      'one of those variants; 0 has every default (default: 0, with --seeds each in turn)',
    )
      .argParser(wholeNumber('variant', 0, variants.length - 1))
      .conflicts(['unknowns', 'drill', 'swarm']),
  )
  .option('--from <seed>', 'the first of those seeds (default: 1)', wholeNumber('seed', 0, seedMax))
  .option('--twice', 'play each of them twice, and compare the histories')
  .option('--json', 'print one JSON document instead of the timeline')
  .addHelpText(
    'after',
    "\nYour own traffic is replayed by 'npx spillway simulate --trace my.csv'.\nExit codes: 0 all came true, 1 something did not, 2 wrong arguments.",
  )
  .configureOutput({
    outputError: (text, write) =>
      write(
        text.includes("'--trace'") ? `${text}Your own traffic is replayed by 'npx spillway simulate --trace'.\n` : text,
      ),
  })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();

const options = command.opts<{
  scenario?: string;
  drill?: string;
  swarm?: SwarmName;
  seed?: number;
  seeds?: number;
  unknowns?: boolean;
  variant?: number;
  from?: number;
  twice?: boolean;
  json?: boolean;
}>();
const refuse = (sentence: string): never => command.error(`error: ${sentence}`);
const json = options.json === true;

const run = (): Promise<boolean> => {
  const { scenario, drill, swarm, seeds, seed = 1, from = 1 } = options;
  if (seeds === undefined && options.from !== undefined) return refuse('--from goes with --seeds');
  if (seeds === undefined && !options.unknowns && options.twice)
    return refuse('--twice goes with --seeds or --unknowns');
  if (swarm && seeds === undefined) return playSwarmOnce({ swarm, seed, json });
  if (swarm && seeds !== undefined)
    return playSwarm({ swarm, from, count: seeds, twice: options.twice === true, json });
  const drilled = drills[drill ?? ''];
  if (drill && drilled) return playDrill(drill, drilled, { seed, json });
  const play = scenarios[scenario ?? ''];
  if (!scenario || !play)
    return refuse('say what to play: --scenario <name>, --swarm <name> or --drill <name>; --help lists them');
  const many = { scenario, twice: options.twice === true, json };
  if (options.unknowns) {
    const jobs = variants.map(({ number }) => ({ seed, variant: number }));
    return playMany({ ...many, jobs, what: `seed ${seed} under ${jobs.length} variants of AWS's unknowns` });
  }
  if (seeds !== undefined) {
    const jobs = Array.from({ length: seeds }, (_, index) => ({
      seed: from + index,
      variant: options.variant ?? variantOfSeed(from + index).number,
    }));
    return playMany({ ...many, jobs, what: `${seeds} seeds from ${from}` });
  }
  const variant = variants[options.variant ?? 0];
  if (!variant) throw new Error('the argument was checked');
  return playOne(play, { scenario, seed, variant, json });
};

process.exitCode = (await run()) ? 0 : 1;
