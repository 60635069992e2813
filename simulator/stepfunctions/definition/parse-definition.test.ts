import { describe, expect, it } from 'vitest';
import { parseDefinition } from './parse-definition.ts';

const machine =
  (definition: object): (() => unknown) =>
  () =>
    parseDefinition(JSON.stringify({ QueryLanguage: 'JSONata', ...definition }));

const state = (fields: object): (() => unknown) => machine({ StartAt: 'A', States: { A: fields } });

const invalid = (text: string): string => `Invalid State Machine Definition: '${text}'`;

describe('parseDefinition', () => {
  it.each([
    ['JSON that is none', () => parseDefinition('{'), 'INVALID_JSON_DESCRIPTION'],
    ['a missing StartAt', machine({ States: { A: { Type: 'Succeed' } } }), 'These fields are required: [StartAt]'],
    [
      'a StartAt that names no state',
      machine({ StartAt: 'B', States: { A: { Type: 'Succeed' } } }),
      "MISSING_TRANSITION_TARGET: Missing 'StartAt' target: B at /StartAt",
    ],
    [
      'a Next that names no state',
      state({ Type: 'Pass', Next: 'B' }),
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next",
    ],
    [
      'a state that nothing reaches',
      machine({ StartAt: 'A', States: { A: { Type: 'Succeed' }, B: { Type: 'Succeed' } } }),
      'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
    ],
    ['a machine that never ends', state({ Type: 'Pass', Next: 'A' }), 'NO_TERMINAL_STATE'],
    [
      'a field that the type does not have',
      state({ Type: 'Pass', End: true, Catch: [] }),
      "SCHEMA_VALIDATION_FAILED: Field 'Catch' is not supported at /States/A",
    ],
    [
      'a field of JSONPath',
      state({ Type: 'Pass', End: true, ResultPath: '$.a' }),
      "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field 'ResultPath' is only supported for the 'JSONPath' QueryLanguage at /States/A",
    ],
    [
      'a rule without Next',
      state({ Type: 'Choice', Choices: [{ Condition: '{% true %}' }] }),
      'SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Choices[0]',
    ],
    [
      'an expression that is no JSONata',
      state({ Type: 'Pass', End: true, Output: { v: '{% 1 + %}' } }),
      'INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output/v',
    ],
    [
      'an operator that AWS does not have yet',
      state({ Type: 'Pass', End: true, Output: '{% $states.input.a ?? 1 %}' }),
      'INVALID_JSONATA_EXPRESSION',
    ],
    [
      'a name at the top level of an expression',
      state({ Type: 'Pass', End: true, Output: { v: '{% $sum(phone.number) %}' } }),
      "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output/v",
    ],
    [
      'States.ALL beside other names',
      state({
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        End: true,
        Retry: [{ ErrorEquals: ['States.ALL', 'A'] }],
      }),
      "'States.ALL' must appear alone",
    ],
    [
      'one name for two states',
      state({
        Type: 'Parallel',
        End: true,
        Branches: [{ StartAt: 'A', States: { A: { Type: 'Succeed' } } }],
      }),
      'DUPLICATE_STATE_NAME',
    ],
  ])('refuses %s as AWS does', (_what, parse, text) => {
    expect(parse).toThrow(expect.objectContaining({ code: 'InvalidDefinition' }));
    expect(parse).toThrow(text);
  });

  it('puts code, message and place into one sentence', () => {
    expect(state({ Type: 'Pass' })).toThrow(
      invalid("SCHEMA_VALIDATION_FAILED: One of 'Next' or 'End' is required at /States/A"),
    );
  });

  it.each([
    [
      'a machine in JSONPath',
      () => parseDefinition('{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}'),
      /JSONPath: the state 'A' resolves to it/,
    ],
    [
      'a distributed map',
      state({
        Type: 'Map',
        End: true,
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'B', States: { B: { Type: 'Succeed' } } },
      }),
      /distributed maps: state 'A'/,
    ],
    [
      'an integration that is not here',
      state({ Type: 'Task', Resource: 'arn:aws:states:::glue:startJobRun.sync', End: true }),
      /the task resource 'arn:aws:states:::glue:startJobRun.sync' of state 'A'/,
    ],
  ])('refuses %s by name instead of running it as something else', (_what, parse, text) => {
    expect(parse).toThrow(expect.objectContaining({ code: 'NotModelledException' }));
    expect(parse).toThrow(text);
  });

  it('accepts JSONata states in a machine whose own language is JSONPath, and maps take the machine’s language', () => {
    const inner = (fields: object): object => ({
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          QueryLanguage: 'JSONata',
          End: true,
          ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', End: true, ...fields } } },
        },
      },
    });
    expect(() => parseDefinition(JSON.stringify(inner({ QueryLanguage: 'JSONata' })))).not.toThrow();
    expect(() => parseDefinition(JSON.stringify(inner({})))).toThrow("the state 'P' resolves to it");
  });

  it('leaves names inside filters and paths alone', () => {
    expect(state({ Type: 'Pass', End: true, Output: '{% $states.input.orders[size > 1].id %}' })).not.toThrow();
  });
});
