import { Command } from 'commander';
import { isFaithful, printed, rowsOf } from './report.ts';
import { runFolder } from './run-folder.ts';

const command = new Command('npm run fidelity --')
  .description('Runs cases recorded from AWS against the simulator, and says where it answers something else.')
  .requiredOption('--cases <folder>', 'where the recorded cases are')
  .option('--json', 'print one JSON document instead of the table')
  .addHelpText('after', '\nExit codes: 0 faithful, 1 not, 2 wrong arguments.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();
const { cases, json = false } = command.opts<{ cases: string; json?: boolean }>();
const findings = await runFolder(cases);
const rows = rowsOf(findings);
console.log(json ? JSON.stringify({ suites: rows }, undefined, 2) : printed(findings));
process.exitCode = isFaithful(rows) ? 0 : 1;
