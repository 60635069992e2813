import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorName } from '../../functions/core/verdict.ts';
import { machinePicture } from './machine-picture.ts';
import { verdictTable, withTable } from './rollouts-page.ts';

const root = resolve(import.meta.dirname, '..', '..');
const page = resolve(root, 'docs', 'rollouts.md');
writeFileSync(page, withTable(readFileSync(page, 'utf8'), verdictTable(errorName)));
const machine = JSON.parse(readFileSync(resolve(root, 'state-machines', 'rollout.asl.json'), 'utf8'));
writeFileSync(
  resolve(root, 'docs', 'rollout-machine.svg'),
  await machinePicture(machine, 'The state machine of a rollout'),
);
console.log('docs/rollouts.md has the table of verdicts, docs/rollout-machine.svg shows the state machine.');
