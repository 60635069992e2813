import type { ListExecutionsOutput, StartExecutionOutput } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { roleArn, workflowBed } from '../workflow-bed.ts';

const waits = (seconds: number): object => ({
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: seconds, End: true } },
});

const dayMs = 86_400_000;

describe('StartExecution', () => {
  const start = async () => {
    const bed = workflowBed();
    const stateMachineArn = await bed.create('m', waits(60));
    const begin = (input: string, name = 'run') =>
      bed.call<StartExecutionOutput>('StartExecution', { stateMachineArn, name, input });
    return { bed, begin };
  };

  it('answers the same name and input with the running execution', async () => {
    const { bed, begin } = await start();
    const first = await begin('{"a":1}');
    await bed.pass(10_000);
    expect(await begin('{"a":1}')).toEqual(first);
  });

  it('refuses another input under the name of a running execution', async () => {
    const { begin } = await start();
    await begin('{"a":1}');
    await expect(begin('{"a":2}')).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
      message: "Execution Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:m:run'",
    });
  });

  it('refuses the name of an ended execution for exactly 90 days, whatever the input', async () => {
    const { bed, begin } = await start();
    await begin('{}');
    await bed.pass(60_030);
    await bed.pass(90 * dayMs);
    await expect(begin('{}')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await bed.pass(1);
    await expect(begin('{}')).resolves.toMatchObject({ executionArn: expect.stringContaining(':m:run') });
  });

  it('refuses input that is no JSON, names with signs that AWS forbids, and machines that do not exist', async () => {
    const { bed, begin } = await start();
    await expect(begin('{')).rejects.toMatchObject({ code: 'InvalidExecutionInput' });
    await expect(begin('{}', 'a:b')).rejects.toMatchObject({ code: 'InvalidName' });
    await expect(begin('{}', 'x'.repeat(81))).rejects.toMatchObject({ code: 'InvalidName' });
    await expect(begin('{}', 'x'.repeat(80))).resolves.toBeDefined();
    const gone = 'arn:aws:states:us-east-1:123456789012:stateMachine:gone';
    await expect(bed.call('StartExecution', { stateMachineArn: gone })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${gone}'`,
    });
    await expect(bed.call('StartExecution', { stateMachineArn: 'm' })).rejects.toMatchObject({ code: 'InvalidArn' });
  });
});

describe('the end of an execution from outside', () => {
  it('StopExecution ends it with the given error; nothing of it runs on', async () => {
    const bed = workflowBed();
    const executionArn = await bed.start(await bed.create('m', waits(60)));
    await bed.pass(1_000);
    const stopped = await bed.call('StopExecution', { executionArn, error: 'Manual', cause: 'by hand' });
    await bed.pass(120_000);
    const { description, events } = await bed.look(executionArn);
    expect(description).toMatchObject({ status: 'ABORTED', error: 'Manual', cause: 'by hand', ...stopped });
    expect(events).toEqual(['1<0 ExecutionStarted', '2<0 WaitStateEntered', '3<0 ExecutionAborted']);
  });

  it('TimeoutSeconds of the machine ends it as TIMED_OUT, with the error in the history only', async () => {
    const bed = workflowBed();
    const { description, events, history } = await bed.run({ ...waits(60), TimeoutSeconds: 3 });
    expect(description.status).toBe('TIMED_OUT');
    expect(Number(description.stopDate) - Number(description.startDate)).toBe(3_000);
    expect(description).not.toHaveProperty('error');
    expect(description.redriveStatus).toBe('REDRIVABLE');
    expect(events.at(-1)).toBe('3<0 ExecutionTimedOut');
    expect(history.at(-1)?.executionTimedOutEventDetails).toEqual({ error: 'States.Timeout' });
  });

  it('the 25,000th event is the one that ends it', async () => {
    const bed = workflowBed();
    const { description } = await bed.run({
      StartAt: 'Again',
      States: {
        Again: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'End' }], Default: 'Again' },
        End: { Type: 'Succeed' },
      },
    });
    expect(description).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    const { events } = await bed.call<{ events: { id: number; type: string }[] }>('GetExecutionHistory', {
      executionArn: description.executionArn,
      reverseOrder: true,
      maxResults: 1,
    });
    expect(events).toMatchObject([{ id: 25_000, type: 'ExecutionFailed' }]);
  });

  it('DeleteStateMachine stops its executions and frees its name', async () => {
    const bed = workflowBed();
    const stateMachineArn = await bed.create('m', waits(60));
    const executionArn = await bed.start(stateMachineArn);
    await bed.call('DeleteStateMachine', { stateMachineArn });
    expect((await bed.look(executionArn)).description.status).toBe('ABORTED');
    await expect(bed.call('DescribeStateMachine', { stateMachineArn })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
    });
    await expect(bed.call('DeleteStateMachine', { stateMachineArn })).resolves.toEqual({});
  });
});

describe('state machines', () => {
  it('creating the same machine again answers with it, another definition is refused', async () => {
    const bed = workflowBed();
    const first = await bed.create('m', waits(60));
    expect(await bed.create('m', waits(60))).toBe(first);
    await expect(bed.create('m', waits(61))).rejects.toMatchObject({ code: 'StateMachineAlreadyExists' });
  });

  it('asks IAM for the machine and for passing its role', async () => {
    const bed = workflowBed();
    const resource = await bed.create('m', waits(60));
    expect(bed.asked[0]).toEqual([
      { action: 'states:CreateStateMachine', resource },
      { action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': 'states.amazonaws.com' } },
    ]);
  });

  it('an update leaves running executions on their definition', async () => {
    const bed = workflowBed();
    const stateMachineArn = await bed.create('m', waits(60));
    const executionArn = await bed.start(stateMachineArn);
    const definition = JSON.stringify({ QueryLanguage: 'JSONata', ...waits(5) });
    await bed.call('UpdateStateMachine', { stateMachineArn, definition });
    await bed.pass(30_000);
    expect((await bed.look(executionArn)).description.status).toBe('RUNNING');
    expect(await bed.call('DescribeStateMachine', { stateMachineArn })).toMatchObject({ definition });
    expect(await bed.call('DescribeStateMachineForExecution', { executionArn })).toMatchObject({
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...waits(60) }),
    });
  });

  it('tags come and go', async () => {
    const bed = workflowBed();
    const resourceArn = await bed.create('m', waits(60));
    await bed.call('TagResource', {
      resourceArn,
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    await bed.call('UntagResource', { resourceArn, tagKeys: ['a'] });
    expect(await bed.call('ListTagsForResource', { resourceArn })).toEqual({ tags: [{ key: 'b', value: '2' }] });
  });
});

describe('lists', () => {
  it('ListExecutions shows the newest first, by status and page by page', async () => {
    const bed = workflowBed();
    const stateMachineArn = await bed.create('m', waits(60));
    for (const name of ['a', 'b', 'c']) {
      await bed.start(stateMachineArn, {}, name);
      await bed.pass(1_000);
    }
    await bed.call('StopExecution', { executionArn: 'arn:aws:states:us-east-1:123456789012:execution:m:b' });
    const list = async (input: object) => {
      const { executions = [], nextToken } = await bed.call<ListExecutionsOutput>('ListExecutions', {
        stateMachineArn,
        ...input,
      });
      return { names: executions.map(({ name }) => name), nextToken };
    };
    expect((await list({ statusFilter: 'RUNNING' })).names).toEqual(['c', 'a']);
    const first = await list({ maxResults: 2 });
    expect(first.names).toEqual(['c', 'b']);
    expect(await list({ maxResults: 2, nextToken: first.nextToken })).toEqual({ names: ['a'], nextToken: undefined });
  });

  it('GetExecutionHistory leaves data out when asked to', async () => {
    const bed = workflowBed();
    const executionArn = await bed.start(await bed.create('m', waits(60)), { secret: 1 });
    const { events } = await bed.call<{ events: unknown[] }>('GetExecutionHistory', {
      executionArn,
      includeExecutionData: false,
    });
    expect(JSON.stringify(events)).not.toContain('secret');
  });
});

describe('what executions tell others', () => {
  it('emits a best-effort event when it starts and when it ends', async () => {
    const bed = workflowBed();
    const { description } = await bed.run({ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E', Cause: 'c' } } });
    expect(bed.events).toMatchObject([
      {
        source: 'aws.states',
        detailType: 'Step Functions Execution Status Change',
        resources: [description.executionArn],
        delivery: 'best-effort',
        detail: { status: 'RUNNING', startDate: Date.parse('2026-01-05T09:00:00Z'), stopDate: null, output: null },
      },
      { detail: { status: 'FAILED', stopDate: Date.parse('2026-01-05T09:00:00.030Z'), error: 'E', cause: 'c' } },
    ]);
  });

  it('publishes metrics of the machine', async () => {
    const bed = workflowBed();
    await bed.run(waits(2));
    expect(bed.metrics.map(({ name, value }) => [name, value])).toEqual([
      ['ExecutionsStarted', 1],
      ['ExecutionsSucceeded', 1],
      ['ExecutionTime', 2_030],
    ]);
  });

  it('logs the events that the machine asks for, without data unless it asks for that too', async () => {
    const bed = workflowBed();
    const logged = async (loggingConfiguration: object) => {
      const { stateMachineArn } = await bed.call<{ stateMachineArn: string }>('CreateStateMachine', {
        name: `m-${bed.logs.length}`,
        roleArn,
        definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'F', States: { F: { Type: 'Fail' } } }),
        loggingConfiguration: {
          destinations: [
            { cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:/states/m:*' } },
          ],
          ...loggingConfiguration,
        },
      });
      const before = bed.logs.length;
      await bed.start(stateMachineArn, { secret: 1 });
      await bed.pass(1_000);
      return bed.logs.slice(before);
    };
    const errors = await logged({ level: 'ERROR' });
    expect(errors.map(({ group, message }) => [group, JSON.parse(message).type])).toEqual([
      ['/states/m', 'ExecutionFailed'],
    ]);
    expect(JSON.stringify(await logged({ level: 'ALL' }))).not.toContain('secret');
    expect(JSON.stringify(await logged({ level: 'ALL', includeExecutionData: true }))).toContain('secret');
  });
});

describe('determinism', () => {
  it('gives one trace for one seed', async () => {
    const play = async (seed: number): Promise<string> => {
      const bed = workflowBed({ seed });
      await bed.run({
        StartAt: 'Both',
        States: {
          Both: {
            Type: 'Parallel',
            Branches: [1, 2, 3].map((n) => ({
              StartAt: `Wait ${n}`,
              States: { [`Wait ${n}`]: { Type: 'Wait', Seconds: '{% $ceil($random() * 10) %}', End: true } },
            })),
            End: true,
          },
        },
      });
      return bed.kernel.traceHash();
    };
    expect(await play(1)).toBe(await play(1));
    expect(await play(1)).not.toBe(await play(2));
  });
});
