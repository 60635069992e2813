import { parseArgs } from 'node:util';
import { isFaithful, printed, rowsOf } from './report.ts';
import { runFolder } from './run-folder.ts';

const { values } = parseArgs({ options: { cases: { type: 'string' }, json: { type: 'boolean', default: false } } });
if (values.cases === undefined) {
  console.error('Say where the recorded cases are: npm run fidelity -- --cases <folder> [--json]');
  process.exit(2);
}
const findings = await runFolder(values.cases);
const rows = rowsOf(findings);
console.log(values.json ? JSON.stringify({ suites: rows }, undefined, 2) : printed(findings));
process.exitCode = isFaithful(rows) ? 0 : 1;
