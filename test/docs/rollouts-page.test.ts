import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorName, verdicts } from '../../functions/core/verdict.ts';
import { type Machine, machineGraph, machinePicture } from '../../local/docs/machine-picture.ts';
import { verdictTable, withTable } from '../../local/docs/rollouts-page.ts';

const root = resolve(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');
const machine = JSON.parse(read('state-machines/rollout.asl.json')) as Machine;

describe('docs/rollouts.md', () => {
  it('has the table of verdicts that core gives (npm run docs:rollouts)', () => {
    const page = read('docs/rollouts.md');
    expect(page).toBe(withTable(page, verdictTable(errorName)));
    for (const { of, cause } of verdicts) if (of === 'rollout') expect(page).toContain(`| ${cause} |`);
  });

  it('shows the state machine that deploys (npm run docs:rollouts)', async () => {
    expect(read('docs/rollout-machine.svg')).toBe(await machinePicture(machine, 'The state machine of a rollout'));
  });
});

describe('the picture of a state machine', () => {
  it('has a node for each state and an edge for each way on', () => {
    const graph = machineGraph({
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Next: 'B',
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }],
        },
        B: { Type: 'Choice', Choices: [{ Next: 'C' }, { Next: 'C' }], Default: 'A' },
        C: { Type: 'Succeed' },
      },
    });
    const edges = graph.split('\n').filter((line) => line.includes('->'));
    expect(edges.map((edge) => edge.replace(/ \[.*| *;$/g, ''))).toEqual([
      'start -> "A"',
      '"A" -> "B"',
      '"A" -> "C"',
      '"B" -> "A"',
      '"B" -> "C"',
    ]);
    expect(edges[2]).toContain('dashed');
  });
});
