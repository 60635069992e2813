import aslValidator from 'asl-validator';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { looksPerExecution } from '../../functions/core/decide-burst.ts';
import { errorNames } from '../../functions/core/errors.ts';
import { leaseLimits } from '../../functions/core/take-lease.ts';
import { functionFolders, machine, machines, type State, worstSeconds } from './definition.ts';

/** Names that AWS documents for its own errors, each in one of these forms. */
const ofAws = [
  /^States\.(ALL|TaskFailed|Timeout)$/,
  // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html and the Lambda service's own.
  /^Lambda\.(ServiceException|AWSLambdaException|SdkClientException|TooManyRequestsException|Unknown)$/,
  /^(Sandbox\.Timedout|Runtime\.ExitError)$/,
  // Exceptions of the SDK's clients, which functions rethrow under their own name.
  /^(Throttling|TooManyRequests|ProvisionedThroughputExceeded|InternalServer|Internal|Server|ServiceUnavailable)Exception$/,
  /^(RequestLimitExceeded|InternalServerError|TimeoutError)$/,
  /^StepFunctions\.(SdkClientException|StepFunctionsException|ThrottlingException)$/,
];

const states = machines.flatMap((each) =>
  Object.entries(each.States).map(([name, state]) => ({ title: `${each.name}: ${name}`, machine: each, name, state })),
);
const tasks = states.filter(({ state }) => state.Type === 'Task');
const pascal = (folder: string): string =>
  folder.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe.each(machines)('the state machine $name', ({ name, text, QueryLanguage, States, StartAt, TimeoutSeconds }) => {
  it('is valid', () => {
    const { isValid, errorsText } = aslValidator(JSON.parse(text));
    expect(errorsText()).toBe('');
    expect(isValid).toBe(true);
  });

  it('is written in JSONata and has a timeout', () => {
    expect(QueryLanguage).toBe('JSONata');
    expect(TimeoutSeconds).toBeGreaterThan(0);
  });

  it('enters every state from its start', () => {
    const seen = new Set<string>();
    const open = [StartAt];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const state = States[next];
      if (!state) throw new Error(`${name} leads to "${next}", which is no state`);
      open.push(
        ...[state.Next, state.Default].filter((each) => each !== undefined),
        ...(state.Choices ?? []).map((choice) => choice.Next),
        ...(state.Catch ?? []).map((catcher) => catcher.Next),
      );
    }
    expect([...seen].sort()).toEqual(Object.keys(States).sort());
  });

  it('has only placeholders that stand for a function or a state machine', () => {
    const functions = functionFolders.map((folder) => `${pascal(folder)}FunctionArn`);
    const startable = machines.map((each) => `${pascal(each.name)}StateMachineArn`);
    for (const [, placeholder] of text.matchAll(/\$\{([^}]*)\}/g)) {
      expect([...functions, ...startable]).toContain(placeholder);
    }
  });
});

describe('the state machines', () => {
  it('call every function but those that rules and CloudFormation call', () => {
    const called = machines.flatMap(({ text }) =>
      [...text.matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, each]) => each),
    );
    const others = functionFolders.filter((folder) => !called.includes(pascal(folder)));
    expect(others.sort()).toEqual([
      'guard-executions',
      'observe-scan',
      'observe-twin',
      'provision-twin',
      'reconcile-services',
      'retire-revisions',
      'start-burst',
      'start-rollout',
    ]);
  });

  it('parse every expression with the JSONata that AWS runs', () => {
    for (const { text } of machines) {
      for (const [, expression = ''] of text.matchAll(/"\{%((?:[^"\\]|\\.)*)%\}"/g)) {
        const source = JSON.parse(`"${expression}"`) as string;
        expect(() => jsonata(source), source).not.toThrow();
        expect(source).not.toContain('$eval');
      }
    }
  });

  // AWS's pages disagree on whether such an Assign is for the default alone or for every rule.
  it('assign in a choice only what belongs to one of its rules', () => {
    for (const { title, state } of states) {
      if (state.Type === 'Choice') expect(state.Assign, title).toBeUndefined();
    }
  });
});

describe.each(tasks)('the task $title', ({ title, state, machine: { States } }) => {
  it('is bounded', () => {
    expect(state.TimeoutSeconds).toBeDefined();
  });

  it('says why it is there', () => {
    expect(state.Comment).toMatch(/\.$/);
  });

  it('retries and catches only errors that are ours or AWS’s', () => {
    const names = [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap(({ ErrorEquals }) => ErrorEquals);
    for (const name of names) {
      const known = Object.hasOwn(errorNames, name) || ofAws.some((form) => form.test(name));
      expect(known, `${name} is neither in functions/core/errors.ts nor an error of AWS`).toBe(true);
    }
  });

  it('spreads its retries', () => {
    for (const retrier of state.Retry ?? []) {
      if (retrier.MaxAttempts === 0) continue;
      expect(retrier.JitterStrategy).toBe('FULL');
      expect(retrier.MaxDelaySeconds).toBeDefined();
    }
  });

  it('catches a timeout of a token, and does not retry it blindly', () => {
    if (!state.Resource?.endsWith('.waitForTaskToken')) return;
    expect(state.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.Timeout');
    const [first] = state.Catch ?? [];
    expect(first?.ErrorEquals).toEqual(['States.Timeout']);
    // These two wait for a time in which nothing must go wrong: its end is their good end.
    if (['rollout: Let the probe become healthy', 'rollout: Let it bake'].includes(title)) return;
    // The sweep: the same state again with a new token, or the state that looks before it waits again.
    const next = States[first?.Next ?? ''];
    expect([next, States[next?.Next ?? '']?.Choices?.map(({ Next }) => States[Next])].flat()).toContain(state);
  });
});

describe('the arithmetic of time', () => {
  const seconds = (state: State): number => (typeof state.TimeoutSeconds === 'number' ? state.TimeoutSeconds : 0);
  const retried = (name: string): number =>
    Object.values(machine(name).States)
      .filter(({ Type }) => Type === 'Task')
      .reduce((sum, state) => sum + worstSeconds(state, seconds(state)), 0);

  it('leaves a rollout time for its longest wait, its deadline, its way back and every retry', () => {
    const deadlineSeconds = 86_400;
    const bakeSeconds = 86_400;
    const { waitMaxMs } = leaseLimits({ deadlineSeconds, bakeSeconds });
    // Two waves: the tasks of one wave may all be retried to the end twice, on the way there and back.
    // A bake goes on for an hour at most where a task is missing or has failed.
    const worst = waitMaxMs / 1_000 + 2 * deadlineSeconds + bakeSeconds + 3_600 + 2 * retried('rollout');
    expect(worst).toBeLessThan(machine('rollout').TimeoutSeconds);
  });

  it('leaves an operation time for a whole rollout', () => {
    const rollOut = machine('operate').States['Roll out'];
    expect(rollOut?.TimeoutSeconds).toBeGreaterThan(machine('rollout').TimeoutSeconds);
    expect(machine('operate').TimeoutSeconds).toBeGreaterThan(Number(rollOut?.TimeoutSeconds) + 3_600);
  });

  it('hands a burst over before its execution runs out of events or time', () => {
    // Decide 5 + 2, two moves of 2 + 5 and the end of their loop 2, telling 5, wait 2.
    const eventsPerLook = 5 + 2 + 2 * (2 + 5) + 2 + 5 + 2;
    expect(looksPerExecution * eventsPerLook).toBeLessThanOrEqual(12_000);
    const lookSecondsMax = 300;
    const decide = machine('burst').States['Look at the queue and decide'];
    const move = machine('burst').States['Set the count of the twin'];
    if (!decide || !move) throw new Error('the burst has other states');
    const looking = looksPerExecution * lookSecondsMax;
    // Every look may be retried to the end only while AWS fails for days; ten such looks are allowed for.
    const failing = 10 * (worstSeconds(decide, seconds(decide)) + 2 * worstSeconds(move, seconds(move)));
    expect(looking + failing).toBeLessThan(machine('burst').TimeoutSeconds);
  });
});
