import { describe, expect, it } from 'vitest';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ApiCall } from '../../cloud/service.ts';
import { functionAnswer, invoke, workflowBed } from '../workflow-bed.ts';

const one = (resource: string, args: object, fields: object = {}): object => ({
  StartAt: 'Do',
  States: { Do: { Type: 'Task', Resource: resource, Arguments: args, End: true, ...fields } },
});

describe('task tokens', () => {
  /** A machine that hands its token to a function and waits, and the token. */
  const waiting = async (fields: object = {}) => {
    let token = '';
    const bed = workflowBed({
      answer: (call: ApiCall) => {
        const { Payload: payload } = call.input as { Payload: Uint8Array };
        token = JSON.parse(new TextDecoder().decode(payload)).token;
        return functionAnswer('accepted');
      },
    });
    const machine = await bed.create('waiting', {
      StartAt: 'Do',
      States: {
        Do: invoke({
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          Arguments: { FunctionName: 'work', Payload: { token: '{% $states.context.Task.Token %}' } },
          Output: '{% $states.result %}',
          ...fields,
        }),
        Caught: { Type: 'Pass', End: true },
      },
    });
    const executionArn = await bed.start(machine);
    await bed.pass(1_000);
    return { bed, executionArn, taskToken: token };
  };

  const caught = { End: undefined, Next: 'Caught' };

  it('waits for the holder of the token, whose answer is the result', async () => {
    const { bed, executionArn, taskToken } = await waiting(caught);
    expect((await bed.look(executionArn)).types.at(-1)).toBe('TaskSubmitted');
    await bed.call('SendTaskSuccess', { taskToken, output: '{"proved":true}' });
    await bed.pass(1_000);
    const { output, events } = await bed.look(executionArn);
    expect(output).toEqual({ proved: true });
    expect(events.slice(2, 7)).toEqual([
      '3<2 TaskScheduled',
      '4<3 TaskStarted',
      '5<4 TaskSubmitted',
      '6<5 TaskSucceeded',
      '7<6 TaskStateExited',
    ]);
  });

  it('fails as the holder says, without what the holder leaves out', async () => {
    const { bed, executionArn, taskToken } = await waiting(caught);
    await bed.call('SendTaskFailure', { taskToken });
    await bed.pass(1_000);
    const { description, history } = await bed.look(executionArn);
    expect(description.status).toBe('FAILED');
    expect(history[5]?.taskFailedEventDetails).toEqual({ resource: 'invoke.waitForTaskToken', resourceType: 'lambda' });
  });

  it('answers once: a second answer finds no task', async () => {
    const { bed, taskToken } = await waiting(caught);
    await bed.call('SendTaskSuccess', { taskToken, output: '1' });
    await expect(bed.call('SendTaskSuccess', { taskToken, output: '2' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
      message: "Task Timed Out: 'Provided task does not exist anymore'",
    });
    await expect(bed.call('SendTaskHeartbeat', { taskToken: 'made up' })).rejects.toMatchObject({
      code: 'InvalidToken',
    });
  });

  it('asks IAM about the machine whose task is answered', async () => {
    const { bed, taskToken } = await waiting(caught);
    await bed.call('SendTaskHeartbeat', { taskToken });
    expect(bed.asked.at(-1)).toEqual([
      {
        action: 'states:SendTaskHeartbeat',
        resource: 'arn:aws:states:us-east-1:123456789012:stateMachine:waiting',
      },
    ]);
  });

  it('ends without heartbeats as States.Timeout, which Catch also finds as States.HeartbeatTimeout', async () => {
    const { bed, executionArn, taskToken } = await waiting({
      ...caught,
      HeartbeatSeconds: 10,
      TimeoutSeconds: 60,
      Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Output: 'no heartbeat', Next: 'Caught' }],
    });
    for (let beat = 0; beat < 3; beat += 1) {
      await bed.pass(8_000);
      await bed.call('SendTaskHeartbeat', { taskToken });
    }
    expect((await bed.look(executionArn)).description.status).toBe('RUNNING');
    await bed.pass(10_100);
    const { output, history } = await bed.look(executionArn);
    expect(output).toBe('no heartbeat');
    expect(history.find(({ type }) => type === 'TaskTimedOut')?.taskTimedOutEventDetails?.error).toBe('States.Timeout');
    await expect(bed.call('SendTaskSuccess', { taskToken, output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
  });

  it('times out in spite of heartbeats', async () => {
    const { bed, executionArn, taskToken } = await waiting({ ...caught, HeartbeatSeconds: 10, TimeoutSeconds: 15 });
    await bed.pass(8_000);
    await bed.call('SendTaskHeartbeat', { taskToken });
    await bed.pass(7_000);
    expect((await bed.look(executionArn)).description).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('takes an answer that comes before the request has been answered', async () => {
    const bed = workflowBed({
      answer: async (call) => {
        const { Payload: payload } = call.input as { Payload: Uint8Array };
        const { token } = JSON.parse(new TextDecoder().decode(payload));
        await bed.call('SendTaskSuccess', { taskToken: token, output: '"early"' });
        return functionAnswer(null);
      },
    });
    const { output, types } = await bed.run(
      one('arn:aws:states:::lambda:invoke.waitForTaskToken', {
        FunctionName: 'work',
        Payload: { token: '{% $states.context.Task.Token %}' },
      }),
    );
    expect(output).toBe('early');
    expect(types.slice(4, 6)).toEqual(['TaskSubmitted', 'TaskSucceeded']);
  });
});

describe('states:startExecution', () => {
  const child = (fields: object): object => ({ StartAt: 'Child', States: { Child: fields } });

  const start = (suffix: string, machine: string, fields: object = {}): object =>
    one(
      `arn:aws:states:::states:startExecution${suffix}`,
      { StateMachineArn: machine, Name: 'child-run', Input: { n: 1 } },
      fields,
    );

  it('starts an execution and goes on', async () => {
    const bed = workflowBed();
    const machine = await bed.create('child', child({ Type: 'Wait', Seconds: 60, End: true }));
    const { output } = await bed.run(start('', machine));
    expect(output).toMatchObject({
      ExecutionArn: 'arn:aws:states:us-east-1:123456789012:execution:child:child-run',
      StartDate: Date.parse('2026-01-05T09:00:00.030Z'),
    });
  });

  it('.sync:2 waits for the end and gives the output as JSON', async () => {
    const bed = workflowBed();
    const machine = await bed.create('child', child({ Type: 'Wait', Seconds: 60, Output: { ended: true }, End: true }));
    const { output, events } = await bed.run(start('.sync:2', machine));
    expect(output).toMatchObject({ Status: 'SUCCEEDED', Input: { n: 1 }, Output: { ended: true }, Name: 'child-run' });
    expect(events.slice(2, 6)).toEqual([
      '3<2 TaskScheduled',
      '4<3 TaskStarted',
      '5<4 TaskSubmitted',
      '6<5 TaskSucceeded',
    ]);
  });

  it('.sync:2 of a child that fails is States.TaskFailed with the child as the cause', async () => {
    const bed = workflowBed();
    const machine = await bed.create('child', child({ Type: 'Fail', Error: 'Sorry', Cause: 'because' }));
    const { description } = await bed.run(start('.sync:2', machine));
    expect(description.error).toBe('States.TaskFailed');
    expect(JSON.parse(description.cause ?? '')).toMatchObject({ Status: 'FAILED', Error: 'Sorry', Cause: 'because' });
  });

  it('stops the child when the parent is stopped', async () => {
    const bed = workflowBed();
    const machine = await bed.create('child', child({ Type: 'Wait', Seconds: 60, End: true }));
    const parent = await bed.start(await bed.create('parent', start('.sync:2', machine)));
    await bed.pass(1_000);
    await bed.call('StopExecution', { executionArn: parent });
    await bed.pass(1_000);
    const { description } = await bed.look('arn:aws:states:us-east-1:123456789012:execution:child:child-run');
    expect(description.status).toBe('ABORTED');
  });

  it('names the errors of the API', async () => {
    const bed = workflowBed();
    const gone = 'arn:aws:states:us-east-1:123456789012:stateMachine:gone';
    const { description, types } = await bed.run(start('.sync:2', gone));
    expect(description.error).toBe('StepFunctions.StateMachineDoesNotExistException');
    expect(types.slice(-2)).toEqual(['TaskSubmitFailed', 'ExecutionFailed']);
  });
});

describe('optimized integrations', () => {
  it('events:putEvents adds the execution and its machine to the resources', async () => {
    const bed = workflowBed({ answer: () => ({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }) });
    const { output } = await bed.run(
      one('arn:aws:states:::events:putEvents', {
        Entries: [{ Source: 'spillway', DetailType: 'T', Detail: { a: 1 }, Resources: ['r'] }],
      }),
    );
    expect(output).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    expect(bed.calls[0]).toMatchObject({
      service: 'events',
      action: 'PutEvents',
      input: {
        Entries: [
          {
            Detail: '{"a":1}',
            Resources: [
              'r',
              expect.stringContaining(':execution:machine-1:'),
              'arn:aws:states:us-east-1:123456789012:stateMachine:machine-1',
            ],
          },
        ],
      },
    });
  });

  it('events:putEvents fails when an entry failed', async () => {
    const bed = workflowBed({ answer: () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] }) });
    const { description } = await bed.run(one('arn:aws:states:::events:putEvents', { Entries: [{}] }));
    expect(description.error).toBe('EventBridge.FailedEntry');
  });

  it("dynamodb:putItem keeps DynamoDB's JSON, and names its errors as the Java SDK 1 does (connect-ddb)", async () => {
    const resource = 'arn:aws:states:::dynamodb:putItem';
    const asked = { TableName: 'orders', Item: { id: { S: '1' } } };
    const bed = workflowBed({ answer: () => ({ Attributes: { id: { S: '0' } } }) });
    const { output } = await bed.run(one(resource, asked));
    expect(bed.calls).toMatchObject([{ service: 'dynamodb', action: 'PutItem', input: asked }]);
    expect(output).toMatchObject({ Attributes: { id: { S: '0' } }, SdkHttpMetadata: { HttpStatusCode: 200 } });
    const refusing = workflowBed({
      answer: () => {
        throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
      },
    });
    const { description } = await refusing.run(one(resource, asked));
    expect(description.error).toBe('DynamoDB.ResourceNotFoundException');
    expect(description.cause).toMatch(
      /^Requested resource not found \(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: /,
    );
  });

  it('a task whose arguments lack what the service needs is not started, and nothing catches it', async () => {
    const bed = workflowBed();
    const { description, types } = await bed.run(one('arn:aws:states:::sqs:sendMessage', { MessageBody: 'an order' }));
    expect(description).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(description.cause).toContain('[The field "QueueUrl" is required but was missing]');
    expect(types).toEqual(['ExecutionStarted', 'TaskStateEntered', 'ExecutionFailed']);
    expect(bed.calls).toEqual([]);
  });

  it('sns:publish sends objects as JSON (connect-sns)', async () => {
    const bed = workflowBed({ answer: () => ({ MessageId: 'm' }) });
    const TopicArn = 'arn:aws:sns:us-east-1:123456789012:people';
    const { output } = await bed.run(one('arn:aws:states:::sns:publish', { TopicArn, Message: { a: 1 } }));
    expect(bed.calls).toMatchObject([{ service: 'sns', action: 'Publish', input: { TopicArn, Message: '{"a":1}' } }]);
    expect(output).toMatchObject({ MessageId: 'm', SdkResponseMetadata: {} });
  });

  it('sqs:sendMessage sends objects as JSON', async () => {
    const bed = workflowBed({ answer: () => ({ MessageId: 'm', MD5OfMessageBody: 'd' }) });
    const { output } = await bed.run(one('arn:aws:states:::sqs:sendMessage', { QueueUrl: 'q', MessageBody: { a: 1 } }));
    expect(output).toMatchObject({ MessageId: 'm', MD5OfMessageBody: 'd', SdkHttpMetadata: { HttpStatusCode: 200 } });
    expect(bed.calls[0]?.input).toEqual({ QueueUrl: 'q', MessageBody: '{"a":1}' });
  });

  it('ecs:runTask.sync waits for the task and fails with it', async () => {
    const run = async (exitCode: number) => {
      let looks = 0;
      const task = { taskArn: 't', clusterArn: 'c', lastStatus: 'PROVISIONING' };
      const bed = workflowBed({
        answer: ({ action }) => {
          if (action === 'RunTask') return { tasks: [task], failures: [] };
          looks += 1;
          return {
            tasks: [
              looks < 3
                ? task
                : {
                    ...task,
                    lastStatus: 'STOPPED',
                    stopCode: 'EssentialContainerExited',
                    stoppedAt: new Date('2026-01-05T09:01:00Z'),
                    containers: [{ name: 'main', exitCode }],
                  },
            ],
          };
        },
      });
      return bed.run(one('arn:aws:states:::ecs:runTask.sync', { Cluster: 'c', TaskDefinition: 'd' }));
    };
    expect((await run(0)).output).toEqual({
      TaskArn: 't',
      ClusterArn: 'c',
      LastStatus: 'STOPPED',
      StopCode: 'EssentialContainerExited',
      StoppedAt: Date.parse('2026-01-05T09:01:00Z'),
      Containers: [{ Name: 'main', ExitCode: 0 }],
    });
    expect((await run(1)).description.error).toBe('States.TaskFailed');
    expect((await run(0)).history[2]?.taskScheduledEventDetails?.parameters).toBe(
      '{"Cluster":"c","TaskDefinition":"d","StartedBy":"AWS Step Functions"}',
    );
  });

  it("a function's ARN as resource has events of its own kind and gives the bare answer", async () => {
    const resource = 'arn:aws:lambda:us-east-1:123456789012:function:work:3';
    const bed = workflowBed({ answer: () => functionAnswer({ a: 1 }) });
    const { output, history, types } = await bed.run(one(resource, { n: 1 }, { TimeoutSeconds: 7 }));
    expect(output).toEqual({ a: 1 });
    expect(types.slice(2, 5)).toEqual(['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionSucceeded']);
    expect(history[2]?.lambdaFunctionScheduledEventDetails).toEqual({
      input: '{"n":1}',
      inputDetails: { truncated: false },
      resource,
      timeoutInSeconds: 7,
    });
  });

  it('runs as the role that a task names in its credentials', async () => {
    const bed = workflowBed({ answer: () => functionAnswer(1) });
    const role = 'arn:aws:iam::210987654321:role/other';
    await bed.run({ StartAt: 'Do', States: { Do: invoke({ Credentials: { RoleArn: role } }) } });
    expect(bed.calls[0]?.caller).toMatchObject({
      roleArn: role,
      arn: expect.stringMatching(/^arn:aws:sts::210987654321:assumed-role\/other\//),
    });
  });
});

describe('aws-sdk integrations', () => {
  it('take PascalCase parameters for any API, but leave the keys of maps alone', async () => {
    const bed = workflowBed({
      answer: () => ({
        service: { serviceName: 's', createdAt: new Date('2026-01-05T08:00:00Z') },
        containers: [{ dockerLabels: { some_Key: 'v' } }],
      }),
    });
    const { output, history } = await bed.run(
      one('arn:aws:states:::aws-sdk:ecs:updateService', {
        Cluster: 'c',
        DesiredCount: 2,
        Overrides: { DockerLabels: { Some_Key: 'v' } },
      }),
    );
    expect(bed.calls[0]).toMatchObject({
      service: 'ecs',
      action: 'UpdateService',
      input: { cluster: 'c', desiredCount: 2, overrides: { dockerLabels: { Some_Key: 'v' } } },
    });
    expect(output).toEqual({
      Service: { ServiceName: 's', CreatedAt: '2026-01-05T08:00:00.000Z' },
      Containers: [{ DockerLabels: { some_Key: 'v' } }],
    });
    expect(history[2]?.taskScheduledEventDetails).toMatchObject({
      resource: 'updateService',
      resourceType: 'aws-sdk:ecs',
    });
  });

  const errorOf = async (resource: string, error: AwsError) =>
    (
      await workflowBed({
        answer: () => {
          throw error;
        },
      }).run(one(resource, {}))
    ).description;

  it('name errors by the Java SDK: modelled ones, and one generic exception for all others', async () => {
    expect(
      await errorOf(
        'arn:aws:states:::aws-sdk:ecs:updateService',
        new AwsError('ServiceNotFoundException', 'Service not found.'),
      ),
    ).toMatchObject({
      error: 'Ecs.ServiceNotFoundException',
      cause: expect.stringMatching(
        /^Service not found\. \(Service: Ecs, Status Code: 400, Request ID: [-0-9a-f]{36}\)$/,
      ),
    });
    const denied = new AwsError('AccessDeniedException', 'no');
    expect((await errorOf('arn:aws:states:::aws-sdk:ecs:updateService', denied)).error).toBe(
      'Ecs.AccessDeniedException',
    );
    expect((await errorOf('arn:aws:states:::aws-sdk:dynamodb:getItem', denied)).error).toBe(
      'DynamoDb.DynamoDbException',
    );
    expect(
      (await errorOf('arn:aws:states:::aws-sdk:sqs:getQueueUrl', new AwsError('QueueDoesNotExist', 'no'))).error,
    ).toBe('Sqs.QueueDoesNotExistException');
  });
});
