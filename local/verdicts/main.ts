import { Command, InvalidArgumentError, Option } from 'commander';
import { isRight, type PlayedState, playScenario } from './play-scenario.ts';
import { printRow, printTitles } from './print-table.ts';
import { scenarios } from './scenarios/scenarios.ts';

const states = scenarios.map(({ state }) => state);

const command = new Command('npm run verdicts --')
  .description('Plays every end state of a rollout in virtual time and compares its verdict and what is then true.')
  .addOption(
    new Option('--only <state>', 'play the states whose name contains this').argParser((value: string) => {
      if (states.some((state) => state.includes(value))) return value;
      throw new InvalidArgumentError(`No state contains '${value}'. The states: ${states.join('; ')}.`);
    }),
  )
  .option('--json', 'print one JSON array instead of the table')
  .addHelpText('after', '\nExit codes: 0 all right, 1 a wrong verdict or a broken rule, 2 wrong arguments.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();
const { only = '', json = false } = command.opts<{ only?: string; json?: boolean }>();

const chosen = scenarios.filter(({ state }) => state.includes(only));
const played: PlayedState[] = [];
if (!json) printTitles(chosen);
for (const scenario of chosen) {
  const result = await playScenario(scenario);
  played.push(result);
  if (!json) printRow(result, chosen);
}
const wrong = played.filter((result) => !isRight(result)).length;
if (json) {
  // What else was not true goes with the row that it makes wrong.
  const told = played.map(({ faults, ...row }) => (faults.length > 0 ? { ...row, faults } : row));
  console.log(JSON.stringify(told, null, 2));
} else {
  console.log(`\n${played.length} end states: ${played.length - wrong} right, ${wrong} wrong`);
}
process.exitCode = wrong > 0 ? 1 : 0;
