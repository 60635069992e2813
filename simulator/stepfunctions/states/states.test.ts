import { describe, expect, it } from 'vitest';
import { AwsError } from '../../cloud/aws-error.ts';
import { functionAnswer, functionError, invoke, workflowBed } from '../workflow-bed.ts';

const pass = (fields: object = {}): object => ({ Type: 'Pass', End: true, ...fields });

/** Answers that are given one after the other; the last one stays. */
const inTurn = (...answers: readonly unknown[]): (() => unknown) => {
  let index = 0;
  return () => answers[Math.min(index++, answers.length - 1)];
};

describe('variables', () => {
  it('are not seen by the Output of the state that sets them, and are by the next state', async () => {
    const { output, history } = await workflowBed().run({
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { x: 1 }, Output: { seen: '{% $exists($x) %}' }, Next: 'Read' },
        Read: pass({ Output: { before: '{% $states.input.seen %}', x: '{% $x %}' } }),
      },
    });
    expect(output).toEqual({ before: false, x: 1 });
    expect(history[2]?.stateExitedEventDetails).toEqual({
      name: 'Set',
      output: '{"seen":false}',
      outputDetails: { truncated: false },
      assignedVariables: { x: '1' },
      assignedVariablesDetails: { truncated: false },
    });
  });

  it('of a branch are its own: it reads the outer ones, and what it sets stays inside', async () => {
    const { output } = await workflowBed().run({
      StartAt: 'Set',
      States: {
        Set: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'Both' },
        Both: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'In',
              States: {
                In: { Type: 'Pass', Assign: { inner: '{% $outer %}' }, Next: 'Out' },
                Out: pass({ Output: '{% $inner %}' }),
              },
            },
          ],
          Next: 'After',
        },
        After: pass({ Output: { branches: '{% $states.input %}', inner: '{% $exists($inner) %}' } }),
      },
    });
    expect(output).toEqual({ branches: ['o'], inner: false });
  });
});

describe('Choice', () => {
  const choose = {
    StartAt: 'Choose',
    States: {
      Choose: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n = 1 %}', Next: 'End', Output: 'first', Assign: { by: 'rule' } },
          { Condition: '{% $states.input.n %}', Next: 'End' },
        ],
        Default: 'End',
        Output: 'default',
        Assign: { by: 'default' },
      },
      End: pass({ Output: ['{% $states.input %}', '{% $by %}'] }),
    },
  };

  it("takes the first true rule with that rule's Output and Assign", async () => {
    expect((await workflowBed().run(choose, { n: 1 })).output).toEqual(['first', 'rule']);
  });

  it("gives the state's own Output and Assign to the default only", async () => {
    expect((await workflowBed().run(choose, { n: false })).output).toEqual(['default', 'default']);
  });

  it('fails on a condition that is no boolean', async () => {
    const { description, history } = await workflowBed().run(choose, { n: 2 });
    expect(description.cause).toBe(
      "An error occurred while executing the state 'Choose' (entered at the event id #2). The JSONata expression '$states.input.n' specified for the field 'Choices[1]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 2",
    );
    expect(history[2]?.evaluationFailedEventDetails?.location).toBe('Choices[1]/Condition');
  });

  it('without a match and a default ends the execution with States.Runtime', async () => {
    const { description, types } = await workflowBed().run({
      StartAt: 'Choose',
      States: {
        Choose: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'End' }] },
        End: { Type: 'Succeed' },
      },
    });
    expect(description).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Choose' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
    expect(types).toEqual(['ExecutionStarted', 'ChoiceStateEntered', 'ExecutionFailed']);
  });
});

describe('Wait', () => {
  const waited = async (fields: object, input?: unknown): Promise<number> => {
    const bed = workflowBed({ fidelity: { stateTransitionMs: 0 } });
    const startMs = bed.kernel.now();
    await bed.run({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', End: true, ...fields } } }, input);
    return bed.kernel.now() - startMs;
  };

  it('waits for its seconds, stated or computed', async () => {
    expect(await waited({ Seconds: 90 })).toBe(90_000);
    expect(await waited({ Seconds: '{% $states.input.s * 2 %}' }, { s: 1.5 })).toBe(3_000);
  });

  it('waits until its timestamp, in any offset, and not at all for one that is past', async () => {
    expect(await waited({ Timestamp: '2026-01-05T09:00:30Z' })).toBe(30_000);
    expect(await waited({ Timestamp: '{% "2026-01-05T10:01+01:00" %}' })).toBe(60_000);
    expect(await waited({ Timestamp: '2016-03-14T01:59:00Z' })).toBe(0);
  });
});

describe('a timestamp that names no time', () => {
  it.each([
    ['2026-02-30T00:00:00Z', 'a day that the month does not have'],
    ['2026-01-05T24:00:00Z', 'an hour that the day does not have'],
    ['2026-01-05T09:00:00', 'no offset'],
    ['2026-01-05 09:00:00Z', 'no T'],
    ['2026-01-05', 'no time'],
  ])('fails the state: %s, %s', async (timestamp) => {
    const { description, events } = await workflowBed().run(
      { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } } },
      timestamp,
    );
    expect(description.cause).toBe(
      `An error occurred while executing the state 'Wait' (entered at the event id #2). The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${timestamp}`,
    );
    expect(events[2]).toBe('3<2 EvaluationFailed');
  });
});

describe('Task', () => {
  it('invokes a function and shows its answer as AWS recorded it', async () => {
    const bed = workflowBed({ answer: () => functionAnswer({ done: true }) });
    const { output, events, history } = await bed.run(
      { StartAt: 'Do', States: { Do: invoke({ Output: '{% $states.result %}', TimeoutSeconds: 9 }) } },
      { n: 1 },
    );
    expect(events).toEqual([
      '1<0 ExecutionStarted',
      '2<0 TaskStateEntered',
      '3<2 TaskScheduled',
      '4<3 TaskStarted',
      '5<4 TaskSucceeded',
      '6<5 TaskStateExited',
      '7<6 ExecutionSucceeded',
    ]);
    expect(output).toMatchObject({
      ExecutedVersion: '1',
      Payload: { done: true },
      SdkHttpMetadata: { HttpStatusCode: 200, HttpHeaders: { 'Content-Length': '13' } },
      StatusCode: 200,
    });
    expect(history[2]?.taskScheduledEventDetails).toEqual({
      resource: 'invoke',
      resourceType: 'lambda',
      region: 'us-east-1',
      parameters: '{"FunctionName":"work","Payload":{"n":1}}',
      timeoutInSeconds: 9,
    });
    expect(bed.calls[0]).toMatchObject({
      service: 'lambda',
      action: 'Invoke',
      input: { FunctionName: 'work', Payload: new TextEncoder().encode('{"n":1}') },
      caller: { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/workflow' },
    });
  });

  it("takes a function's error type as the error and its whole answer as the cause", async () => {
    const { description, types } = await workflowBed({ answer: () => functionError('Broken', 'it broke') }).run({
      StartAt: 'Do',
      States: { Do: invoke() },
    });
    expect(description).toMatchObject({
      status: 'FAILED',
      error: 'Broken',
      cause: '{"errorType":"Broken","errorMessage":"it broke","trace":[]}',
    });
    expect(types.slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
  });

  it('retries with growing intervals up to MaxDelaySeconds, in one visit of the state', async () => {
    const bed = workflowBed({
      answer: inTurn(
        functionError('Busy', ''),
        functionError('Busy', ''),
        functionError('Busy', ''),
        functionAnswer(1),
      ),
      fidelity: { stateTransitionMs: 0 },
    });
    const { types, history } = await bed.run({
      StartAt: 'Do',
      States: {
        Do: invoke({
          Arguments: { FunctionName: 'work', Payload: '{% $states.context.State.RetryCount %}' },
          Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 10, MaxAttempts: 3 }],
        }),
      },
    });
    expect(types.filter((type) => type === 'TaskStateEntered')).toHaveLength(1);
    const starts = history.filter(({ type }) => type === 'TaskScheduled');
    expect(starts.map(({ timestamp }) => Number(timestamp) - Number(starts[0]?.timestamp))).toEqual([
      0, 2_000, 8_000, 18_000,
    ]);
    expect(
      starts.map(({ taskScheduledEventDetails }) => JSON.parse(taskScheduledEventDetails?.parameters ?? '').Payload),
    ).toEqual([0, 1, 2, 3]);
  });

  it('counts the attempts of each retrier by itself and then gives the failure to the catcher', async () => {
    const { output, types } = await workflowBed({
      answer: inTurn(functionError('A', ''), functionError('B', ''), functionError('A', 'last')),
    }).run({
      StartAt: 'Do',
      States: {
        Do: invoke({
          Retry: [
            { ErrorEquals: ['A'], MaxAttempts: 1 },
            { ErrorEquals: ['B'], MaxAttempts: 1 },
          ],
          Catch: [{ ErrorEquals: ['States.TaskFailed'], Output: '{% $states.errorOutput.Error %}', Next: 'Caught' }],
        }),
        Caught: pass(),
      },
    });
    expect(output).toBe('A');
    expect(types.filter((type) => type === 'TaskFailed')).toHaveLength(3);
  });

  it('spreads retries with full jitter over the whole interval', async () => {
    const delays = async (seed: number) => {
      const bed = workflowBed({ answer: inTurn(functionError('A', ''), functionAnswer(1)), seed });
      const startMs = bed.kernel.now();
      await bed.run({
        StartAt: 'Do',
        States: { Do: invoke({ Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 100, JitterStrategy: 'FULL' }] }) },
      });
      return bed.kernel.now() - startMs;
    };
    const measured = [await delays(1), await delays(2), await delays(3)];
    expect(new Set(measured).size).toBe(3);
    for (const delayMs of measured) expect(delayMs).toBeLessThanOrEqual(100_030);
  });

  it('times out with States.Timeout and no cause, and hangs up on the service', async () => {
    const bed = workflowBed({ answer: () => new Promise(() => {}) });
    const { description, history, types } = await bed.run({
      StartAt: 'Do',
      States: { Do: invoke({ TimeoutSeconds: '{% 5 %}' }) },
    });
    expect(description).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(description).not.toHaveProperty('cause');
    expect(types.slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed']);
    expect(history.at(-2)?.taskTimedOutEventDetails).toEqual({
      error: 'States.Timeout',
      resource: 'invoke',
      resourceType: 'lambda',
    });
    expect(Number(history.at(-1)?.timestamp) - Number(history[2]?.timestamp)).toBe(5_000);
    expect(bed.calls[0]?.signal?.aborted).toBe(true);
  });

  it('does not take a timeout for a States.TaskFailed', async () => {
    const { output } = await workflowBed({ answer: () => new Promise(() => {}) }).run({
      StartAt: 'Do',
      States: {
        Do: invoke({
          TimeoutSeconds: 5,
          Catch: [
            { ErrorEquals: ['States.TaskFailed'], Next: 'Wrong' },
            { ErrorEquals: ['States.Timeout'], Next: 'Right' },
          ],
        }),
        Wrong: pass({ Output: 'taken for a failure' }),
        Right: pass(),
      },
    });
    expect(output).toEqual({ Error: 'States.Timeout', Cause: '' });
  });

  it('fails before it is scheduled when its arguments have no value, once an attempt', async () => {
    const bed = workflowBed();
    const { types } = await bed.run({
      StartAt: 'Do',
      States: { Do: invoke({ Arguments: '{% $missing %}', Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }) },
    });
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'EvaluationFailed',
      'EvaluationFailed',
      'ExecutionFailed',
    ]);
    expect(bed.calls).toEqual([]);
  });

  it('refuses a result of more than 256 KiB', async () => {
    const text = (length: number) => workflowBed({ answer: () => functionAnswer('x'.repeat(length)) });
    const machine = { StartAt: 'Do', States: { Do: invoke({ Output: 'small' }) } };
    expect((await text(200_000).run(machine)).description.status).toBe('SUCCEEDED');
    expect((await text(262_144).run(machine)).description).toMatchObject({
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'arn:aws:states:::lambda:invoke' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });
});

describe('the names that ErrorEquals takes', () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
  const large = functionAnswer('x'.repeat(262_144));
  it.each([
    ['States.ALL', 'any error', true, functionError('Busy', '')],
    ['States.ALL', 'an answer over the data limit', false, large],
    ['States.DataLimitExceeded', 'an answer over the data limit', true, large],
    ['States.TaskFailed', 'an error of the task', true, functionError('Busy', '')],
    ['States.TaskFailed', 'an answer over the data limit', false, large],
    ['States.TaskFailed', 'a timeout', false, undefined],
    ['States.Timeout', 'a timeout', true, undefined],
    ['States.Timeout', 'an error of the task', false, functionError('Busy', '')],
    ['States.HeartbeatTimeout', 'a timeout of the task', false, undefined],
    ['Busy', 'the error of that name', true, functionError('Busy', '')],
    ['busy', 'an error of another case', false, functionError('Busy', '')],
  ])('%s on %s: caught is %s', async (name, _what, caught, answer) => {
    // Without an answer the task runs into its timeout.
    const bed = workflowBed({ answer: () => answer ?? new Promise(() => {}) });
    const { description } = await bed.run({
      StartAt: 'Do',
      States: {
        Do: invoke({ TimeoutSeconds: 5, Catch: [{ ErrorEquals: [name], Next: 'Caught' }] }),
        Caught: { Type: 'Succeed' },
      },
    });
    expect(description.status).toBe(caught ? 'SUCCEEDED' : 'FAILED');
  });
});

describe('a number that a field evaluates to', () => {
  // Bounds of the Amazon States Language; https://states-language.net/spec.html
  it.each([
    ['Wait', { Type: 'Wait', Seconds: '{% -1 %}' }, 'Seconds'],
    ['Wait', { Type: 'Wait', Seconds: '{% 1.5 %}' }, 'Seconds'],
    ['Wait', { Type: 'Wait', Seconds: '{% 100000000 %}' }, 'Seconds'],
    ['Task', { ...invoke(), TimeoutSeconds: '{% 0 %}' }, 'TimeoutSeconds'],
    ['Task', { ...invoke(), HeartbeatSeconds: '{% -5 %}' }, 'HeartbeatSeconds'],
  ])(
    '%s: out of its bounds it fails the state with States.QueryEvaluationError (%j)',
    async (_type, state, location) => {
      const { description, history } = await workflowBed({ answer: () => functionAnswer(1) }).run({
        StartAt: 'S',
        States: { S: { End: true, ...state } },
      });
      expect(description.error).toBe('States.QueryEvaluationError');
      expect(history.at(-2)?.evaluationFailedEventDetails?.location).toBe(location);
    },
  );

  it('at its bound it is taken', async () => {
    const { description } = await workflowBed().run({
      StartAt: 'S',
      States: { S: { Type: 'Wait', Seconds: '{% 0 %}', End: true } },
    });
    expect(description.status).toBe('SUCCEEDED');
  });
});

describe('branches and iterations that fail at the same moment', () => {
  const fails = { StartAt: 'Fail', States: { Fail: { Type: 'Fail', Error: 'Sorry' } } };

  it('of a Map: the first failure aborts the others, which then have no end of their own', async () => {
    const { types, description } = await workflowBed().run({
      StartAt: 'Each',
      States: { Each: { Type: 'Map', Items: [1, 2, 3], ItemProcessor: fails, End: true } },
    });
    expect(description.error).toBe('Sorry');
    expect(types.filter((type) => type.startsWith('MapIteration')).slice(3)).toEqual([
      'MapIterationFailed',
      'MapIterationAborted',
      'MapIterationAborted',
    ]);
  });

  it('of a Parallel: the state fails once', async () => {
    const other = { StartAt: 'Other', States: { Other: { Type: 'Fail', Error: 'Too late' } } };
    const { types, description } = await workflowBed().run({
      StartAt: 'Both',
      States: { Both: { Type: 'Parallel', Branches: [fails, other], End: true } },
    });
    expect(description.error).toBe('Sorry');
    expect(types.filter((type) => type === 'ParallelStateFailed')).toHaveLength(1);
  });
});

describe('Parallel', () => {
  const branch = (name: string, fields: object): object => ({ StartAt: name, States: { [name]: fields } });

  it('gives the outputs in the order of its branches, whichever ends first', async () => {
    const { output, events } = await workflowBed().run({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Arguments: { n: 1 },
          Branches: [branch('Slow', { Type: 'Wait', Seconds: 5, End: true, Output: 'slow' }), branch('Fast', pass())],
          End: true,
        },
      },
    });
    expect(output).toEqual(['slow', { n: 1 }]);
    expect(events).toEqual([
      '1<0 ExecutionStarted',
      '2<0 ParallelStateEntered',
      '3<2 ParallelStateStarted',
      '4<3 WaitStateEntered',
      '5<3 PassStateEntered',
      '6<5 PassStateExited',
      '7<4 WaitStateExited',
      '8<7 ParallelStateSucceeded',
      '9<7 ParallelStateExited',
      '10<9 ExecutionSucceeded',
    ]);
  });

  it('aborts the other branches when one fails, and records what each was doing', async () => {
    const { output, events } = await workflowBed({ answer: () => functionError('Broken', '') }).run({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [branch('Slow', { Type: 'Wait', Seconds: 5, End: true }), branch('Do', invoke())],
          Catch: [{ ErrorEquals: ['Broken'], Output: 'caught', Next: 'After' }],
          End: true,
        },
        After: pass(),
      },
    });
    expect(output).toBe('caught');
    expect(events).toEqual([
      '1<0 ExecutionStarted',
      '2<0 ParallelStateEntered',
      '3<2 ParallelStateStarted',
      '4<3 WaitStateEntered',
      '5<3 TaskStateEntered',
      '6<5 TaskScheduled',
      '7<6 TaskStarted',
      '8<7 TaskFailed',
      '9<8 TaskStateAborted',
      '10<8 WaitStateAborted',
      '11<8 ParallelStateFailed',
      '12<11 ParallelStateExited',
      '13<12 PassStateEntered',
      '14<13 PassStateExited',
      '15<14 ExecutionSucceeded',
    ]);
  });

  it('starts again on a retry without a ParallelStateFailed', async () => {
    const { types } = await workflowBed().run({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [branch('Boom', { Type: 'Fail', Error: 'E' })],
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
          End: true,
        },
      },
    });
    expect(types.slice(2)).toEqual([
      'ParallelStateStarted',
      'FailStateEntered',
      'ParallelStateStarted',
      'FailStateEntered',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('fails a second time when the Catch clause itself cannot be evaluated', async () => {
    const { events, description } = await workflowBed().run({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [branch('Boom', { Type: 'Fail', Error: 'E' })],
          Catch: [{ ErrorEquals: ['States.ALL'], Output: { v: '{% $missing %}' }, Next: 'After' }],
          End: true,
        },
        After: pass(),
      },
    });
    expect(events.slice(4)).toEqual([
      '5<4 ParallelStateFailed',
      '6<4 EvaluationFailed',
      '7<6 ParallelStateFailed',
      '8<7 ExecutionFailed',
    ]);
    expect(description.cause).toContain("specified for the field 'Catch[0]/Output/v' returned nothing");
  });

  it('ends the execution at once on an error of the machine itself, which nothing catches', async () => {
    const { types, description } = await workflowBed().run({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'Choose',
              States: {
                Choose: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'End' }] },
                End: { Type: 'Succeed' },
              },
            },
            branch('Slow', { Type: 'Wait', Seconds: 5, End: true }),
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }],
          End: true,
        },
        After: pass(),
      },
    });
    expect(description.error).toBe('States.Runtime');
    expect(types.slice(3).sort()).toEqual(['ChoiceStateEntered', 'ExecutionFailed', 'WaitStateEntered']);
  });
});

describe('Map', () => {
  const map = (fields: object, processor: object = pass()): object => ({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Items: '{% $states.input.items %}',
        ItemProcessor: { StartAt: 'One', States: { One: processor } },
        End: true,
        ...fields,
      },
    },
  });

  it('gives each item to its processor, through the selector where there is one', async () => {
    const { output } = await workflowBed().run(
      map({
        ItemSelector: {
          i: '{% $states.context.Map.Item.Index %}',
          v: '{% $states.context.Map.Item.Value %}',
          all: '{% $count($states.input.items) %}',
        },
      }),
      { items: ['a', 'b'] },
    );
    expect(output).toEqual([
      { i: 0, v: 'a', all: 2 },
      { i: 1, v: 'b', all: 2 },
    ]);
  });

  it('runs as many iterations at once as MaxConcurrency allows', async () => {
    const seconds = async (fields: object): Promise<number> => {
      const bed = workflowBed({ fidelity: { stateTransitionMs: 0 } });
      const startMs = bed.kernel.now();
      await bed.run(map(fields, { Type: 'Wait', Seconds: 10, End: true }), { items: [1, 2, 3, 4, 5] });
      return (bed.kernel.now() - startMs) / 1000;
    };
    expect(await seconds({})).toBe(10);
    expect(await seconds({ MaxConcurrency: 2 })).toBe(30);
    expect(await seconds({ MaxConcurrency: '{% 1 %}' })).toBe(50);
  });

  it('starts a later iteration from where the earlier one in its place stood', async () => {
    const { events } = await workflowBed().run(map({ MaxConcurrency: 1 }), { items: [1, 2] });
    expect(events.slice(2)).toEqual([
      '3<2 MapStateStarted',
      '4<3 MapIterationStarted',
      '5<4 PassStateEntered',
      '6<5 PassStateExited',
      '7<6 MapIterationSucceeded',
      '8<6 MapIterationStarted',
      '9<8 PassStateEntered',
      '10<9 PassStateExited',
      '11<10 MapIterationSucceeded',
      '12<11 MapStateSucceeded',
      '13<11 MapStateExited',
      '14<13 ExecutionSucceeded',
    ]);
  });

  it('fails with its first failed iteration and aborts the others', async () => {
    const { events, description } = await workflowBed().run(
      {
        StartAt: 'Each',
        States: {
          Each: {
            Type: 'Map',
            ItemProcessor: {
              StartAt: 'Choose',
              States: {
                Choose: {
                  Type: 'Choice',
                  Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'Slow' }],
                  Default: 'Boom',
                },
                Slow: { Type: 'Wait', Seconds: 9, End: true },
                Boom: { Type: 'Fail', Error: 'E', Cause: 'c' },
              },
            },
            End: true,
          },
        },
      },
      [1, 2],
    );
    expect(description).toMatchObject({ status: 'FAILED', error: 'E', cause: 'c' });
    expect(events.slice(-7)).toEqual([
      '10<8 WaitStateEntered',
      '11<9 FailStateEntered',
      '12<11 MapIterationFailed',
      '13<11 WaitStateAborted',
      '14<11 MapIterationAborted',
      '15<11 MapStateFailed',
      '16<15 ExecutionFailed',
    ]);
  });

  it('fails with a task that failed, whose abort and whose iteration’s end stand beside its thread', async () => {
    const { events } = await workflowBed({ answer: () => functionError('Broken', '') }).run(map({}, invoke()), {
      items: [1],
    });
    expect(events.slice(-5)).toEqual([
      '8<7 TaskFailed',
      '9<8 TaskStateAborted',
      '10<9 MapIterationFailed',
      '11<8 MapStateFailed',
      '12<11 ExecutionFailed',
    ]);
  });

  it('of no items succeeds with an empty array', async () => {
    expect((await workflowBed().run(map({}), { items: [] })).output).toEqual([]);
  });

  it('says what its input was when it has no Items and the input is no array', async () => {
    const { description } = await workflowBed().run(map({ Items: undefined }), { n: 1 });
    expect(description.cause).toContain('Map state input must be an array but was: {"n":1}');
  });
});

describe('the context object', () => {
  it('tells of the execution, the machine and the state', async () => {
    const bed = workflowBed();
    const arn = await bed.create('told', {
      StartAt: 'Tell',
      States: { Tell: pass({ Output: '{% $states.context %}' }) },
    });
    const executionArn = await bed.start(arn, { n: 1 }, 'run-1');
    await bed.pass(1_000);
    expect((await bed.look(executionArn)).output).toEqual({
      Execution: {
        Id: 'arn:aws:states:us-east-1:123456789012:execution:told:run-1',
        Input: { n: 1 },
        Name: 'run-1',
        RoleArn: 'arn:aws:iam::123456789012:role/workflow',
        StartTime: '2026-01-05T09:00:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: 'arn:aws:states:us-east-1:123456789012:stateMachine:told', Name: 'told' },
      State: { Name: 'Tell', EnteredTime: '2026-01-05T09:00:00.030Z', RetryCount: 0 },
    });
  });
});

describe('errors of services', () => {
  const failing = async (error: AwsError, state: object) =>
    (
      await workflowBed({
        answer: () => {
          throw error;
        },
      }).run({ StartAt: 'Do', States: { Do: state } })
    ).description;

  it("turns a role's missing permission into Lambda.AWSLambdaException, since Lambda's model does not name it", async () => {
    const denied = new AwsError('AccessDeniedException', 'User: u is not authorized to perform: lambda:InvokeFunction');
    const { error, cause } = await failing(denied, invoke());
    expect(error).toBe('Lambda.AWSLambdaException');
    expect(cause).toMatch(
      /^User: u is not authorized to perform: lambda:InvokeFunction \(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: [-0-9a-f]{36}; Proxy: null\)$/,
    );
  });

  it('names what the model names', async () => {
    const missing = new AwsError('ResourceNotFoundException', 'Function not found', { status: 404 });
    expect((await failing(missing, invoke())).error).toBe('Lambda.ResourceNotFoundException');
  });

  it('lets a fault of the simulator through instead of dressing it as an error of AWS', async () => {
    const bed = workflowBed({
      answer: () => {
        throw new TypeError('a bug');
      },
    });
    await expect(bed.run({ StartAt: 'Do', States: { Do: invoke() } })).rejects.toThrow('a bug');
  });
});
