import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { explanations } from './explained.ts';
import { rulesOfEnds } from './rule-of-ends.ts';
import { type Mutant, runStryker } from './run-stryker.ts';
import { type Survivor, survivorOf } from './survivor.ts';

/** Share of mutants that must be killed, in percent. */
const scoreMin = 80;

const root = fileURLToPath(new URL('../../', import.meta.url));
process.chdir(root);
const files = readdirSync('functions/core')
  // What only tests use decides nothing.
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('sample-'))
  .map((file) => `functions/core/${file}`);

const command = new Command('npm run mutate --')
  .description(
    `Changes functions/core in every way that Stryker knows, and tells which changes no test notices: core's own tests are asked first, then whole rollouts.`,
  )
  .addOption(
    new Option('--only <files...>', 'only files whose path contains one of these').argParser(
      (value: string, before: string[] = []) => {
        if (files.some((file) => file.includes(value))) return [...before, value];
        throw new InvalidArgumentError(`No file of functions/core contains '${value}'.`);
      },
    ),
  )
  .option('--json', 'print one JSON document instead of the table')
  .addHelpText(
    'after',
    `\nWhat was found is kept in .spillway/mutation; the next run asks only about what has changed.\nExit codes: 0 at least ${scoreMin} % killed and each that lives explained, 1 fewer, or one not explained or not tried, 2 wrong arguments.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();
const { only, json = false } = command.opts<{ only?: string[]; json?: boolean }>();

const chosen = files.filter((file) => only === undefined || only.some((part) => file.includes(part)));
const concurrency = availableParallelism();

const counts = ({ status }: Mutant): boolean => !['Ignored', 'CompileError', 'RuntimeError'].includes(status);
const lives = ({ status }: Mutant): boolean => status === 'Survived' || status === 'NoCoverage';
const fileOf = ({ fileName }: Mutant): string => fileName.replace(root, '');
const keyOf = (mutant: Mutant): string =>
  JSON.stringify([fileOf(mutant), mutant.location, mutant.mutatorName, mutant.replacement]);

process.stderr.write(`core's own tests against the mutants of ${chosen.length} files\n`);
// What an earlier run found in other files comes along.
const found = (await runStryker('unit', chosen, concurrency)).filter((mutant) => chosen.includes(fileOf(mutant)));
const mutants = found.filter(counts);
const statics = found.filter(({ status }) => status === 'Ignored').length;
const untried = found.filter(({ status }) => status === 'RuntimeError').length;
const living = mutants.filter(lives);
const reasonOf = (survivor: Survivor): string | undefined =>
  explanations.find(({ matches }) => matches(survivor))?.because;

// Whole rollouts cost a second each; they are asked only about what is not explained.
const asked = living.filter((mutant) => reasonOf(survivorOf(fileOf(mutant), mutant)) === undefined);
process.stderr.write(
  `${living.length} of ${mutants.length} mutants live; whole rollouts against the ${asked.length} of them that are not explained\n`,
);
// Stryker tells columns from 1 and takes them from 0.
const ranges = asked.map((mutant) => {
  const { start, end } = mutant.location;
  return `${fileOf(mutant)}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
});
const again = asked.length > 0 ? await runStryker('scenarios', [...new Set(ranges)], concurrency) : [];
const killedByScenarios = new Set(again.filter((mutant) => counts(mutant) && !lives(mutant)).map(keyOf));

const left = living.filter((mutant) => !killedByScenarios.has(keyOf(mutant)));
const survivors = left.map((mutant) => survivorOf(fileOf(mutant), mutant));
const unexplained = survivors.filter((survivor) => reasonOf(survivor) === undefined);

const scoreOf = (all: number, alive: number): number => (all === 0 ? 100 : (100 * (all - alive)) / all);
const perFile = chosen.map((file) => {
  const all = mutants.filter((mutant) => fileOf(mutant) === file).length;
  const alive = survivors.filter((survivor) => survivor.file === file).length;
  return { file, mutants: all, survived: alive, score: Math.round(10 * scoreOf(all, alive)) / 10 };
});
const score = scoreOf(mutants.length, survivors.length);
const stillAlive = new Set(left);
const ends = rulesOfEnds(
  mutants.map((mutant) => ({ mutant, file: fileOf(mutant), killed: !stillAlive.has(mutant) })),
  chosen.filter((file) => !file.endsWith('/verdict.ts')),
);
const decidedHere = ends.filter((end) => end.mutants > 0);
const unguarded = decidedHere.filter(({ killed }) => killed === 0);
/** Survivors by why, and where: one by one they would fill pages. */
const explained = explanations.flatMap(({ because }) => {
  const these = survivors.filter((survivor) => reasonOf(survivor) === because);
  const places = Object.entries(Object.groupBy(these, ({ file, mutator }) => `${file} ${mutator}`));
  return these.length === 0
    ? []
    : [
        {
          because,
          survivors: these.length,
          places: places.map(([place, at]) => ({ place, lines: at?.map(({ line }) => line) })),
        },
      ];
});

if (json) {
  const told = survivors.map((survivor) => ({ ...survivor, because: reasonOf(survivor) ?? null }));
  console.log(
    JSON.stringify(
      { score: Math.round(10 * score) / 10, untried, files: perFile, ends, explained, survivors: told },
      null,
      2,
    ),
  );
} else {
  for (const { file, mutants: all, survived, score: own } of perFile)
    console.log(
      `${file.padEnd(44)} ${String(all).padStart(5)} mutants ${String(survived).padStart(4)} live ${own.toFixed(1).padStart(6)} %`,
    );
  for (const { file, line, inside, change } of unexplained)
    console.log(`not explained: ${file}:${line}  in ${inside}: ${change}`);
  for (const { because, survivors: number, places } of explained) {
    console.log(`\n${number} live: ${because}`);
    for (const { place, lines } of places) console.log(`  ${place}, line ${lines?.join(', ')}`);
  }
  if (only === undefined)
    for (const { because } of explanations.filter(({ because }) => !explained.some((each) => each.because === because)))
      console.log(`\nexplains nothing any more: ${because}`);
  console.log(
    `\nof ${ends.length} ends core decides ${decidedHere.length}; the rules of ${decidedHere.length - unguarded.length} cannot be broken unseen`,
  );
  for (const { of, verdict, cause, mutants: all } of unguarded)
    console.log(`unguarded: ${of} ${verdict} (${cause}), ${all} mutants of its rule live`);
  if (untried > 0) console.log(`\non ${untried} mutants a worker died, and they were not tried: run it again`);
  console.log(
    `\n${mutants.length} mutants, ${mutants.length - survivors.length} killed (${score.toFixed(1)} %); ` +
      `${survivors.length} live, ${unexplained.length} of them not explained; ${statics} in what modules compute while they load were not tried`,
  );
}
process.exitCode = score >= scoreMin && unexplained.length === 0 && untried === 0 ? 0 : 1;
