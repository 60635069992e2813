import { describe, expect, it } from 'vitest';
import { workflowBed } from '../workflow-bed.ts';

const evaluate = async (expression: string, input: unknown = {}, seed = 1) => {
  const bed = workflowBed({ seed });
  const { output, description } = await bed.run(
    { StartAt: 'Look', States: { Look: { Type: 'Pass', Output: { v: `{% ${expression} %}` }, End: true } } },
    input,
  );
  return { value: (output as { v: unknown } | undefined)?.v, error: description.error, cause: description.cause };
};

const value = async (expression: string, input?: unknown) => (await evaluate(expression, input)).value;

const subject = (expression: string): string =>
  `An error occurred while executing the state 'Look' (entered at the event id #2). The JSONata expression '${expression}' specified for the field 'Output/v'`;

describe('functions of the Step Functions dialect', () => {
  it('$partition cuts an array into chunks, the last one shorter, and a single chunk is that chunk', async () => {
    expect(await value('$partition([1,2,3,4,5], 2)')).toEqual([[1, 2], [3, 4], [5]]);
    expect(await value('$partition([1,2], 5)')).toEqual([1, 2]);
  });

  it('$range includes its end when a step lands on it, and a range of one number is that number', async () => {
    expect(await value('$range(0, 6, 2)')).toEqual([0, 2, 4, 6]);
    expect(await value('$range(5, 1, -2)')).toEqual([5, 3, 1]);
    expect(await value('$range(4, 6, 5)')).toBe(4);
    expect(await value('$range(6, 4, 1)')).toEqual([]);
  });

  it('$hash knows the five algorithms of AWS', async () => {
    expect(await value('$hash("input", "SHA-1")')).toBe('140f86aae51ab9e1cda9b4254fe98a74eb54c1a1');
    expect(await value('$hash("input", "MD5")')).toBe('a43c1b0aa53a0c908810c06ab1ff3967');
    expect((await evaluate('$hash("input", "SHA-3")')).error).toBe('States.QueryEvaluationError');
  });

  it('$parse reads JSON', async () => {
    expect(await value('$parse(\'{"a":[1]}\').a')).toEqual([1]);
  });

  it('$random with a seed is the first number of java.util.Random', async () => {
    expect(await value('$random(42)')).toBe(0.7275636800328681);
  });

  it('draws $random and $uuid from the seed of the world', async () => {
    const draw = async (seed: number) => (await evaluate('[$random(), $uuid()]', {}, seed)).value;
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });

  it('reads $now and $millis from the clock of the world', async () => {
    expect(await value('$now()')).toBe('2026-01-05T09:00:00.030Z');
    expect(await value('$now("[Y0001]-[M01]")')).toBe('2026-01');
    expect(await value('$millis()')).toBe(Date.parse('2026-01-05T09:00:00.030Z'));
  });

  it('completes partial times from the clock of the world', async () => {
    expect(await value('$toMillis("10:30", "[H01]:[m01]")')).toBe(Date.parse('2026-01-05T10:30:00Z'));
  });

  it('answers $eval as AWS does: it is no function', async () => {
    expect(await evaluate('$eval("1+1")')).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: `${subject('$eval("1+1")')} threw an error during evaluation. T1006: Attempted to invoke a non-function`,
    });
  });
});

describe('results of expressions', () => {
  it('leaves nothing of jsonata on its arrays', async () => {
    expect(
      await value('$states.input.orders[size > 1].id', {
        orders: [
          { id: 1, size: 2 },
          { id: 2, size: 3 },
        ],
      }),
    ).toEqual([1, 2]);
  });

  it('writes numbers that JSON cannot hold as text', async () => {
    expect(await value('[1/0]')).toEqual(['Infinity']);
  });
});

describe('failures of expressions', () => {
  it('fails the state when an expression has no value, and names the place', async () => {
    expect(await evaluate('$states.input.missing')).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: `${subject('$states.input.missing')} returned nothing (undefined).`,
    });
  });

  it('shows the code of a JSONata error', async () => {
    expect((await evaluate('1 + "a"')).cause).toBe(
      `${subject('1 + "a"')} threw an error during evaluation. T2002: The right side of the "+" operator must evaluate to a number`,
    );
  });

  it('bounds depth at about 100, as AWS does', async () => {
    const sum = (terms: number): string => new Array(terms).fill('1').join('+');
    expect(await value(sum(90))).toBe(90);
    expect((await evaluate(sum(200))).cause).toContain('threw an error during evaluation: Stack overflow error');
  });

  it('bounds what an expression may hold, on both sides of the limit', async () => {
    expect(await value('[1..873782] ~> $count()')).toBe(873_782);
    expect((await evaluate('[1..873783] ~> $count()')).cause).toContain(
      'threw an error during evaluation: Expression evaluation memory limit exceeded',
    );
    expect((await evaluate('$range(1, 100000000, 1)')).error).toBe('States.QueryEvaluationError');
  });

  it('ends a loop that never ends', async () => {
    expect((await evaluate('($f := function($x){ $f($x + 1) }; $f(1))')).cause).toContain('timeout');
  });

  it('chains the failure to the event before the state was entered, unless the state has other events', async () => {
    const fails = { Type: 'Pass', Output: '{% $missing %}', End: true };
    const second = await workflowBed().run({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: fails } });
    expect(second.events.slice(2)).toEqual([
      '3<2 PassStateExited',
      '4<3 PassStateEntered',
      '5<3 EvaluationFailed',
      '6<5 ExecutionFailed',
    ]);
    const after = await workflowBed().run({
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }],
          Output: '{% $missing %}',
          Retry: [{ ErrorEquals: ['Other'] }],
          End: true,
        },
      },
    });
    expect(after.events.slice(5)).toEqual([
      '6<5 ParallelStateSucceeded',
      '7<5 EvaluationFailed',
      '8<7 ParallelStateFailed',
      '9<8 ExecutionFailed',
    ]);
  });

  it('names nested places by member and index', async () => {
    const bed = workflowBed();
    const { history } = await bed.run({
      StartAt: 'Look',
      States: { Look: { Type: 'Pass', Output: { a: { b: [[1, '{% $missing %}']] } }, End: true } },
    });
    expect(history[2]?.evaluationFailedEventDetails).toMatchObject({ location: 'Output/a/b[0][1]', state: 'Look' });
  });
});
