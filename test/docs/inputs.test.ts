import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BurstRequest, OperationRequest, RolloutRequest } from '../../functions/core/requests.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** Who parses what a state machine is started with. */
const parsers = {
  'spillway-rollout': RolloutRequest,
  'spillway-operate': OperationRequest,
  'spillway-burst': BurstRequest,
} as const;
type Machine = keyof typeof parsers;
const isMachine = (heading: string | undefined): heading is Machine => heading !== undefined && heading in parsers;

/** Every ```json of a page, with the heading that it stands under. */
const examplesIn = (page: string): readonly { readonly heading: string | undefined; readonly text: string }[] => {
  const pieces = readFileSync(resolve(root, 'docs', page), 'utf8').matchAll(
    /^#+ (?<heading>.+)$|^```json\n(?<text>[\s\S]*?)^```$/gm,
  );
  let heading: string | undefined;
  return [...pieces].flatMap(({ groups }) => {
    heading = groups?.heading ?? heading;
    return groups?.text === undefined ? [] : [{ heading, text: groups.text }];
  });
};

const examples = ['rollouts.md', 'bursting.md'].flatMap((page) =>
  examplesIn(page).map((example) => ({ page, ...example })),
);

describe('the inputs that the docs show', () => {
  it.each(examples)('$page, $heading: $text', ({ heading, text }) => {
    if (!isMachine(heading)) throw new Error('put the example under the heading of the state machine that takes it');
    const input: unknown = JSON.parse(text);
    expect(parsers[heading].safeParse(input)).toEqual({ success: true, data: input });
  });

  it.each(Object.keys(parsers) as Machine[])('leave no field of %s out', (machine) => {
    const shown = examples
      .filter(({ heading }) => heading === machine)
      .map(({ text }) => JSON.parse(text) as Record<string, unknown>);
    const fieldsOf = (of: readonly Record<string, unknown>[]): string[] =>
      [...new Set(of.flatMap((each) => Object.keys(each)))].toSorted();
    // One is for Step Functions, the other for an execution that hands over.
    const notForPeople = ['AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID', 'handover'];
    const parser = parsers[machine];
    const shapes = 'options' in parser ? parser.options.map(({ shape }) => shape) : [parser.shape];
    expect(fieldsOf(shown)).toEqual(fieldsOf(shapes).filter((field) => !notForPeople.includes(field)));
  });

  it('have an example of every operation', () => {
    const shown = examples.filter(({ heading }) => heading === 'spillway-operate');
    const actions = new Set(shown.map(({ text }) => (JSON.parse(text) as { action: string }).action));
    const known = OperationRequest.options.map(({ shape }) => shape.action.value);
    expect([...actions].toSorted()).toEqual(known.toSorted());
  });
});
