import type {
  GetPipelineExecutionOutput,
  GetPipelineOutput,
  GetPipelineStateOutput,
  ListActionExecutionsOutput,
  ListPipelineExecutionsOutput,
  PipelineDeclaration,
  StageState,
} from '@aws-sdk/client-codepipeline';
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../cloud/aws-error.ts';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import type { ApiCall } from '../cloud/service.ts';
import { CodePipelineService } from './codepipeline-service.ts';

const arn = 'arn:aws:codepipeline:us-east-1:123456789012:web';
const machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:rollout';
const operator = 'arn:aws:iam::123456789012:root';
const digest = `sha256:${'a'.repeat(64)}`;

const source = {
  name: 'Image',
  actionTypeId: { category: 'Source', owner: 'AWS', provider: 'ECR', version: '1' },
  configuration: { RepositoryName: 'web', ImageTag: 'live' },
  outputArtifacts: [{ name: 'Detail' }],
  namespace: 'Image',
} as const;
const approval = {
  name: 'Look',
  actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
} as const;
const rollOut = {
  name: 'RollOut',
  actionTypeId: { category: 'Invoke', owner: 'AWS', provider: 'StepFunctions', version: '1' },
  configuration: {
    StateMachineArn: machine,
    ExecutionNamePrefix: 'release',
    Input: '{"image":"#{Image.ImageDigest}","pipeline":"#{codepipeline.PipelineExecutionId}"}',
  },
} as const;

type Actions = NonNullable<PipelineDeclaration['stages']>;

const stages = (...later: readonly (readonly object[])[]): Actions =>
  [[source], ...later].map((actions, index) => ({ name: `Stage${index}`, actions })) as unknown as Actions;

const declaration = (change: Partial<PipelineDeclaration> = {}): PipelineDeclaration => ({
  name: 'web',
  roleArn: 'arn:aws:iam::123456789012:role/pipeline',
  artifactStore: { type: 'S3', location: 'artifacts' },
  stages: stages([approval], [rollOut]),
  pipelineType: 'V2',
  ...change,
});

/** What other services answer; a test changes what it is about. */
interface Outside {
  status: string;
  readonly calls: ApiCall[];
  refuse: string | undefined;
}

let outside: Outside;
let world: LoneService<CodePipelineService>;

const answer = (call: ApiCall): unknown => {
  outside.calls.push(call);
  if (call.action === outside.refuse)
    throw new AwsError('AccessDeniedException', `User is not authorized to perform: ${call.service}:${call.action}`);
  switch (call.action) {
    case 'DescribeImages':
      return { imageDetails: [{ imageDigest: digest, imageTags: ['live'], imagePushedAt: new Date(0) }] };
    case 'StartExecution':
      return { executionArn: `${machine.replace('stateMachine', 'execution')}:one` };
    case 'DescribeExecution':
      return { status: outside.status, output: '{"verdict":"completed"}' };
    default:
      return {};
  }
};

beforeEach(() => {
  outside = { status: 'RUNNING', calls: [], refuse: undefined };
  world = loneService(
    (ctx) =>
      new CodePipelineService({
        ...ctx,
        call: async (call) => (call.service === 'codepipeline' ? ctx.call(call) : answer(call)),
      }),
  );
});

const create = (change: Partial<PipelineDeclaration> = {}) =>
  world.call('CreatePipeline', { pipeline: declaration(change) });
const state = async (): Promise<readonly StageState[]> =>
  (await world.call<GetPipelineStateOutput>('GetPipelineState', { name: 'web' })).stageStates ?? [];
const summaries = async () =>
  (await world.call<ListPipelineExecutionsOutput>('ListPipelineExecutions', { pipelineName: 'web' }))
    .pipelineExecutionSummaries ?? [];
const latestId = async (): Promise<string> => (await summaries())[0]?.pipelineExecutionId ?? '';
const start = async (more: object = {}): Promise<string> =>
  (await world.call<{ pipelineExecutionId: string }>('StartPipelineExecution', { name: 'web', ...more }))
    .pipelineExecutionId;
const token = async (stage = 1): Promise<string> =>
  (await state())[stage]?.actionStates?.[0]?.latestExecution?.token ?? '';
const answerApproval = async (status: 'Approved' | 'Rejected', given?: string) =>
  world.call('PutApprovalResult', {
    pipelineName: 'web',
    stageName: 'Stage1',
    actionName: 'Look',
    token: given ?? (await token()),
    result: { status, summary: 'seen' },
  });
/** State changes in words: `STARTED`, `Stage0 STARTED`, `Stage0/Image STARTED`. */
const told = (): readonly string[] =>
  world.events.map(({ detail }) =>
    [[detail.stage, detail.action].filter(Boolean).join('/'), detail.state].filter(Boolean).join(' '),
  );
const statuses = async () => (await summaries()).map(({ status }) => status);
const second = 1_000;
const day = 86_400_000;

describe('a pipeline', () => {
  test('runs when it is created, and its events come in order: execution, stage, action', async () => {
    outside.status = 'SUCCEEDED';
    await create();
    await world.pass(10 * second);
    await answerApproval('Approved');
    await world.pass(60 * second);
    expect(told()).toEqual([
      'STARTED',
      'Stage0 STARTED',
      'Stage0/Image STARTED',
      'Stage0/Image SUCCEEDED',
      'Stage0 SUCCEEDED',
      'Stage1 STARTED',
      'Stage1/Look STARTED',
      'Stage1/Look SUCCEEDED',
      'Stage1 SUCCEEDED',
      'Stage2 STARTED',
      'Stage2/RollOut STARTED',
      'Stage2/RollOut SUCCEEDED',
      'Stage2 SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect(await summaries()).toMatchObject([
      {
        status: 'Succeeded',
        trigger: { triggerType: 'CreatePipeline', triggerDetail: operator },
        sourceRevisions: [{ actionName: 'Image', revisionId: digest }],
        executionMode: 'SUPERSEDED',
        executionType: 'STANDARD',
      },
    ]);
  });

  test('tells events with the fields of the user guide; only STARTED names the trigger', async () => {
    await create();
    await world.pass(5 * second);
    const id = await latestId();
    expect(world.events.slice(0, 3)).toEqual([
      {
        source: 'aws.codepipeline',
        detailType: 'CodePipeline Pipeline Execution State Change',
        resources: [arn],
        detail: {
          pipeline: 'web',
          'execution-id': id,
          'start-time': '2026-01-05T09:00:00.000Z',
          'execution-trigger': { 'trigger-type': 'CreatePipeline', 'trigger-detail': operator },
          state: 'STARTED',
          version: 1,
          'pipeline-execution-attempt': 1,
        },
      },
      {
        source: 'aws.codepipeline',
        detailType: 'CodePipeline Stage Execution State Change',
        resources: [arn],
        detail: {
          pipeline: 'web',
          'execution-id': id,
          'start-time': '2026-01-05T09:00:00.000Z',
          stage: 'Stage0',
          state: 'STARTED',
          version: 1,
          'pipeline-execution-attempt': 0,
        },
      },
      {
        source: 'aws.codepipeline',
        detailType: 'CodePipeline Action Execution State Change',
        resources: [arn],
        detail: {
          pipeline: 'web',
          'execution-id': id,
          'start-time': '2026-01-05T09:00:00.000Z',
          stage: 'Stage0',
          'action-execution-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
          action: 'Image',
          state: 'STARTED',
          region: 'us-east-1',
          type: { owner: 'AWS', provider: 'ECR', category: 'Source', version: '1' },
          version: 1,
          'pipeline-execution-attempt': 1,
        },
      },
    ]);
  });

  test('names its trigger in no later event', async () => {
    await create();
    await world.pass(5 * second);
    await answerApproval('Rejected');
    const later = world.events.filter(({ detail }) => detail.state !== 'STARTED');
    expect(later.map(({ detail }) => detail.state)).toContain('FAILED');
    for (const { detail } of later) expect(detail).not.toHaveProperty('execution-trigger');
  });

  test('is read back as it was declared, each update as its next version', async () => {
    await create();
    await world.call('UpdatePipeline', { pipeline: declaration({ executionMode: 'QUEUED', version: 9 }) });
    const now = await world.call<GetPipelineOutput>('GetPipeline', { name: 'web' });
    expect(now.pipeline).toMatchObject({ version: 2, executionMode: 'QUEUED' });
    expect(now.metadata?.pipelineArn).toBe(arn);
    const before = await world.call<GetPipelineOutput>('GetPipeline', { name: 'web', version: 1 });
    expect(before.pipeline?.stages?.[1]?.actions?.[0]).toEqual({
      ...approval,
      runOrder: 1,
      configuration: {},
      inputArtifacts: [],
      outputArtifacts: [],
    });
    await expect(world.call('GetPipeline', { name: 'web', version: 3 })).rejects.toMatchObject({
      code: 'PipelineVersionNotFoundException',
    });
  });

  test('asks for its ARN, deeper with a stage and with an action; creating it asks for iam:PassRole', async () => {
    await create();
    expect(world.asked.at(-1)).toEqual([
      { action: 'codepipeline:CreatePipeline', resource: arn },
      {
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::123456789012:role/pipeline',
        context: { 'iam:PassedToService': 'codepipeline.amazonaws.com' },
      },
    ]);
    await start();
    expect(world.asked.at(-1)).toEqual([{ action: 'codepipeline:StartPipelineExecution', resource: arn }]);
    await world.pass(5 * second);
    await answerApproval('Approved');
    expect(world.asked.at(-1)).toEqual([{ action: 'codepipeline:PutApprovalResult', resource: `${arn}/Stage1/Look` }]);
  });

  test('is not there: AWS says whose it is not', async () => {
    await expect(start()).rejects.toMatchObject({
      code: 'PipelineNotFoundException',
      message: "Account '123456789012' does not have a pipeline with name 'web'",
    });
    await expect(world.call('DeletePipeline', { name: 'web' })).resolves.toEqual({});
  });

  test('that was deleted tells nothing more', async () => {
    await create();
    await world.pass(5 * second);
    const before = told().length;
    await world.call('DeletePipeline', { name: 'web' });
    await world.pass(8 * day);
    expect(told()).toHaveLength(before);
  });
});

describe('a declaration is refused', () => {
  test.each<[string, Partial<PipelineDeclaration>, string]>([
    ['with one stage', { stages: stages() }, 'InvalidStructureException'],
    ['with a stage twice', { stages: [...stages([approval]), ...stages([approval])] }, 'InvalidStructureException'],
    ['with an action twice', { stages: stages([approval, approval]) }, 'InvalidStageDeclarationException'],
    ['with a source later on', { stages: stages([source]) }, 'InvalidStructureException'],
    ['that does not begin with a source', { stages: stages([approval]).toReversed() }, 'InvalidStructureException'],
    [
      'with an artifact that nothing puts out',
      { stages: stages([{ ...rollOut, inputArtifacts: [{ name: 'Nowhere' }] }]) },
      'InvalidStructureException',
    ],
    [
      'without a required configuration',
      { stages: stages([{ ...rollOut, configuration: {} }]) },
      'InvalidActionDeclarationException',
    ],
    [
      'with an unknown configuration',
      { stages: stages([{ ...approval, configuration: { Wait: '1' } }]) },
      'InvalidActionDeclarationException',
    ],
    ['QUEUED as V1', { pipelineType: 'V1', executionMode: 'QUEUED' }, 'InvalidStructureException'],
    ['with a name that is none', { name: 'we b' }, 'ValidationException'],
    [
      'with an approval of four minutes',
      { stages: stages([{ ...approval, timeoutInMinutes: 4 }]) },
      'ValidationException',
    ],
    [
      'with an action type that is not modelled',
      {
        stages: stages([
          { ...rollOut, actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' } },
        ]),
      },
      'NotModelledException',
    ],
  ])('%s', async (_what, change, code) => {
    await expect(create(change)).rejects.toMatchObject({ code });
    expect(world.service.pipelines.size).toBe(0);
  });
});

describe('the Step Functions action', () => {
  const toRollOut = async (change: Partial<PipelineDeclaration> = {}): Promise<void> => {
    await create({ stages: stages([rollOut]), ...change });
    await world.pass(5 * second);
  };
  const callsOf = (action: string) => outside.calls.filter((call) => call.action === action);

  test('names the execution after its own, with the prefix, and resolves variables in its input', async () => {
    await toRollOut();
    const [started] = callsOf('StartExecution');
    const { actionExecutionDetails = [] } = await world.call<ListActionExecutionsOutput>('ListActionExecutions', {
      pipelineName: 'web',
    });
    const [own] = actionExecutionDetails;
    expect(started?.input).toEqual({
      stateMachineArn: machine,
      name: `release-${own?.actionExecutionId}`,
      input: JSON.stringify({ image: digest, pipeline: await latestId() }),
    });
    expect(started?.caller).toMatchObject({ kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/pipeline' });
    expect(own?.input?.resolvedConfiguration?.Input).toContain(digest);
    expect(own?.output?.executionResult?.externalExecutionId).toContain(':execution:rollout:one');
  });

  test('succeeds with the execution, with its ARN as variables', async () => {
    await toRollOut();
    outside.status = 'SUCCEEDED';
    await world.pass(20 * second);
    const { actionExecutionDetails = [] } = await world.call<ListActionExecutionsOutput>('ListActionExecutions', {
      pipelineName: 'web',
    });
    expect(actionExecutionDetails[0]).toMatchObject({
      status: 'Succeeded',
      output: {
        outputVariables: {
          StateMachineArn: machine,
          ExecutionArn: `${machine.replace('stateMachine', 'execution')}:one`,
        },
      },
    });
    expect(await statuses()).toEqual(['Succeeded']);
  });

  test.each(['FAILED', 'TIMED_OUT', 'ABORTED'])('fails with an execution that is %s', async (status) => {
    await toRollOut();
    outside.status = status;
    await world.pass(20 * second);
    expect(await statuses()).toEqual(['Failed']);
    expect(
      world.events.find(({ detail }) => detail.action === 'RollOut' && detail.state === 'FAILED')?.detail,
    ).toMatchObject({
      'execution-result': {
        'error-code': 'JobFailed',
        'external-execution-id': expect.stringContaining('execution:rollout'),
      },
    });
    expect(told().slice(-3)).toEqual(['Stage1/RollOut FAILED', 'Stage1 FAILED', 'FAILED']);
  });

  test('"default timeout 7 days, on timeout the action fails but the execution keeps running"', async () => {
    await toRollOut();
    await world.pass(7 * day - 10 * second);
    expect(await statuses()).toEqual(['InProgress']);
    await world.pass(10 * second);
    expect(await statuses()).toEqual(['Failed']);
    expect(callsOf('StopExecution')).toEqual([]);
    const asked = callsOf('DescribeExecution').length;
    await world.pass(day);
    expect(callsOf('DescribeExecution')).toHaveLength(asked);
  });

  test('fails with PermissionError when its role may not start executions', async () => {
    outside.refuse = 'StartExecution';
    await toRollOut();
    expect((await state())[1]?.actionStates?.[0]?.latestExecution).toMatchObject({
      status: 'Failed',
      errorDetails: { code: 'PermissionError', message: 'User is not authorized to perform: states:StartExecution' },
    });
  });

  test('takes its input from a file of its artifact', async () => {
    await toRollOut({
      stages: stages([
        {
          ...rollOut,
          inputArtifacts: [{ name: 'Detail' }],
          configuration: { StateMachineArn: machine, InputType: 'FilePath', Input: 'imageDetail.json' },
        },
      ]),
    });
    expect(JSON.parse((callsOf('StartExecution')[0] as { input: { input: string } }).input.input)).toMatchObject({
      ImageDigest: digest,
      ImageURI: `123456789012.dkr.ecr.us-east-1.amazonaws.com/web@${digest}`,
    });
  });

  test('fails when a variable in its input has no value', async () => {
    await toRollOut({
      stages: stages([{ ...rollOut, configuration: { StateMachineArn: machine, Input: '#{Nobody.Knows}' } }]),
    });
    expect((await state())[1]?.actionStates?.[0]?.latestExecution?.errorDetails?.message).toContain('#{Nobody.Knows}');
    expect(callsOf('StartExecution')).toEqual([]);
  });

  test('assumes a role of its own through the role of the pipeline', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/action';
    await toRollOut({ stages: stages([{ ...rollOut, roleArn }]) });
    expect(callsOf('AssumeRole')[0]).toMatchObject({
      input: { RoleArn: roleArn },
      caller: { roleArn: 'arn:aws:iam::123456789012:role/pipeline' },
    });
    expect(callsOf('StartExecution')[0]?.caller).toMatchObject({ roleArn });
  });
});

describe('an approval', () => {
  beforeEach(async () => {
    await create();
    await world.pass(5 * second);
  });

  test('that is rejected fails the execution, and says by whom', async () => {
    await answerApproval('Rejected');
    await world.pass(second);
    expect(await statuses()).toEqual(['Failed']);
    expect((await state())[1]?.actionStates?.[0]?.latestExecution).toMatchObject({
      status: 'Failed',
      summary: 'seen',
      lastUpdatedBy: operator,
    });
  });

  test('takes one answer, with its own token', async () => {
    await expect(answerApproval('Approved', '00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({
      code: 'InvalidApprovalTokenException',
    });
    const own = await token();
    await answerApproval('Approved', own);
    await world.pass(second);
    await expect(answerApproval('Rejected', own)).rejects.toMatchObject({ code: 'ApprovalAlreadyCompletedException' });
  });

  test('fails after seven days without an answer', async () => {
    await world.pass(7 * day - 5 * second);
    expect(await statuses()).toEqual(['InProgress']);
    await world.pass(5 * second);
    expect(await statuses()).toEqual(['Failed']);
  });
});

test('an approval tells its topic what is to be approved, and until when', async () => {
  const NotificationArn = 'arn:aws:sns:us-east-1:123456789012:people';
  const configuration = { NotificationArn, CustomData: 'Look at #{Image.ImageTag}' };
  await create({ stages: stages([{ ...approval, configuration }]) });
  await world.pass(5 * second);
  const [told] = outside.calls.filter(({ action }) => action === 'Publish') as unknown as [
    { input: { TopicArn: string; Message: string } },
  ];
  expect(told.input.TopicArn).toBe(NotificationArn);
  expect(JSON.parse(told.input.Message)).toMatchObject({
    region: 'us-east-1',
    approval: {
      pipelineName: 'web',
      stageName: 'Stage1',
      actionName: 'Look',
      token: await token(),
      expires: '2026-01-12T09:00Z',
      customData: 'Look at live',
    },
  });
});

test('an approval may be given less time', async () => {
  await create({ stages: stages([{ ...approval, timeoutInMinutes: 5 }]) });
  await world.pass(300 * second);
  expect(await statuses()).toEqual(['InProgress']);
  await world.pass(5 * second);
  expect(await statuses()).toEqual(['Failed']);
});

describe('several executions', () => {
  test('SUPERSEDED: the newest of those that wait goes on, the others are superseded', async () => {
    await create();
    await world.pass(5 * second);
    await start();
    await world.pass(5 * second);
    await start();
    await world.pass(5 * second);
    // The first has the stage with the approval, the third waits before it.
    expect(await statuses()).toEqual(['InProgress', 'Superseded', 'InProgress']);
    expect(told()).toContain('SUPERSEDED');
    const [third] = await summaries();
    expect((await state())[1]?.inboundExecution?.pipelineExecutionId).toBe(third?.pipelineExecutionId);
    await answerApproval('Approved');
    await world.pass(5 * second);
    expect((await state())[1]?.latestExecution?.pipelineExecutionId).toBe(third?.pipelineExecutionId);
  });

  test('QUEUED: all wait, and go on in their order', async () => {
    await create({ executionMode: 'QUEUED' });
    await world.pass(5 * second);
    const second2 = await start();
    await start();
    await world.pass(10 * second);
    expect(await statuses()).toEqual(['InProgress', 'InProgress', 'InProgress']);
    expect((await state())[1]?.inboundExecutions).toHaveLength(2);
    await answerApproval('Approved');
    await world.pass(5 * second);
    expect((await state())[1]?.latestExecution?.pipelineExecutionId).toBe(second2);
  });

  test('PARALLEL: none waits for another, and tokens are found in ListActionExecutions', async () => {
    await create({ executionMode: 'PARALLEL' });
    const ids = [await latestId(), await start()];
    await world.pass(5 * second);
    for (const pipelineExecutionId of ids) {
      const { actionExecutionDetails = [] } = await world.call<ListActionExecutionsOutput>('ListActionExecutions', {
        pipelineName: 'web',
        filter: { pipelineExecutionId },
      });
      await answerApproval('Approved', actionExecutionDetails[0]?.output?.executionResult?.externalExecutionId);
    }
    outside.status = 'SUCCEEDED';
    await world.pass(30 * second);
    expect(await statuses()).toEqual(['Succeeded', 'Succeeded']);
  });

  test('the same client token starts one', async () => {
    await create();
    const first = await start({ clientRequestToken: 'push-1' });
    expect(await start({ clientRequestToken: 'push-1' })).toBe(first);
    expect(await start({ clientRequestToken: 'push-2' })).not.toBe(first);
  });
});

describe('a disabled transition', () => {
  const hold = () =>
    world.call('DisableStageTransition', {
      pipelineName: 'web',
      stageName: 'Stage2',
      transitionType: 'Inbound',
      reason: 'Frozen by operations',
    });

  test('holds what would enter the stage until it is enabled', async () => {
    await create();
    await hold();
    await world.pass(5 * second);
    await answerApproval('Approved');
    await world.pass(day);
    const [, , third] = await state();
    expect(third).toMatchObject({
      inboundExecution: { status: 'InProgress' },
      inboundTransitionState: { enabled: false, disabledReason: 'Frozen by operations', lastChangedBy: operator },
    });
    expect(third?.latestExecution).toBeUndefined();
    outside.status = 'SUCCEEDED';
    await world.call('EnableStageTransition', { pipelineName: 'web', stageName: 'Stage2', transitionType: 'Inbound' });
    await world.pass(30 * second);
    expect(await statuses()).toEqual(['Succeeded']);
  });

  test('leaves alone what is in the stage', async () => {
    await create({ stages: stages([rollOut], [approval]) });
    await world.pass(5 * second);
    await world.call('DisableStageTransition', {
      pipelineName: 'web',
      stageName: 'Stage1',
      transitionType: 'Inbound',
      reason: 'x',
    });
    outside.status = 'SUCCEEDED';
    await world.pass(30 * second);
    expect((await state())[2]?.latestExecution?.status).toBe('InProgress');
  });

  test('is of a stage that the pipeline has', async () => {
    await create();
    await expect(
      world.call('DisableStageTransition', {
        pipelineName: 'web',
        stageName: 'Stage9',
        transitionType: 'Inbound',
        reason: 'x',
      }),
    ).rejects.toMatchObject({ code: 'StageNotFoundException' });
  });
});

describe('stopping', () => {
  const stop = async (abandon: boolean) =>
    world.call('StopPipelineExecution', {
      pipelineName: 'web',
      pipelineExecutionId: await latestId(),
      abandon,
      reason: 'not today',
    });

  test('waits for the actions in progress, and runs no further one', async () => {
    await create({ stages: stages([rollOut], [approval]) });
    await world.pass(5 * second);
    await stop(false);
    expect(await statuses()).toEqual(['Stopping']);
    await expect(stop(false)).rejects.toMatchObject({ code: 'DuplicatedStopRequestException' });
    outside.status = 'SUCCEEDED';
    await world.pass(30 * second);
    expect(await summaries()).toMatchObject([{ status: 'Stopped', stopTrigger: { reason: 'not today' } }]);
    expect(told().slice(-5)).toEqual([
      'STOPPING',
      'Stage1 STOPPING',
      'Stage1/RollOut SUCCEEDED',
      'Stage1 SUCCEEDED',
      'STOPPED',
    ]);
    await expect(stop(false)).rejects.toMatchObject({ code: 'PipelineExecutionNotStoppableException' });
  });

  test('abandons the actions in progress when told so; what they started goes on', async () => {
    await create({ stages: stages([rollOut]) });
    await world.pass(5 * second);
    await stop(true);
    expect(await statuses()).toEqual(['Stopped']);
    expect(told().slice(-4)).toEqual(['Stage1 STOPPING', 'Stage1/RollOut ABANDONED', 'Stage1 STOPPED', 'STOPPED']);
    expect(outside.calls.map(({ action }) => action)).not.toContain('StopExecution');
  });

  test('ends at once what waits before a stage', async () => {
    await create();
    await world.pass(5 * second);
    await start();
    await world.pass(5 * second);
    await stop(false);
    expect(await statuses()).toEqual(['Stopped', 'InProgress']);
    expect((await state())[1]?.inboundExecution).toBeUndefined();
  });
});

describe('retrying a stage', () => {
  const retry = async (stageName: string) =>
    world.call('RetryStageExecution', {
      pipelineName: 'web',
      stageName,
      pipelineExecutionId: await latestId(),
      retryMode: 'FAILED_ACTIONS',
    });

  test('runs what has failed once more, as attempt 2', async () => {
    await create({ stages: stages([rollOut]) });
    outside.status = 'FAILED';
    await world.pass(30 * second);
    expect(await statuses()).toEqual(['Failed']);
    outside.status = 'SUCCEEDED';
    await retry('Stage1');
    expect(world.events.slice(-3).map(({ detail }) => [detail.state, detail['pipeline-execution-attempt']])).toEqual([
      ['RESUMED', 2],
      ['RESUMED', 1],
      ['STARTED', 2],
    ]);
    await world.pass(30 * second);
    expect(await statuses()).toEqual(['Succeeded']);
    const { actionExecutionDetails = [] } = await world.call<ListActionExecutionsOutput>('ListActionExecutions', {
      pipelineName: 'web',
    });
    expect(actionExecutionDetails.map(({ actionName, status }) => [actionName, status])).toEqual([
      ['RollOut', 'Succeeded'],
      ['RollOut', 'Failed'],
      ['Image', 'Succeeded'],
    ]);
  });

  test.each([
    ['FAILED_ACTIONS', ['RollOut']],
    ['ALL_ACTIONS', ['Look', 'RollOut']],
  ])('with %s runs %j of a stage in which an approval was given', async (retryMode, again) => {
    await create({ stages: stages([approval, { ...rollOut, runOrder: 2 }]) });
    await world.pass(5 * second);
    await answerApproval('Approved');
    outside.status = 'FAILED';
    await world.pass(30 * second);
    const before = told().length;
    await world.call('RetryStageExecution', {
      pipelineName: 'web',
      stageName: 'Stage1',
      pipelineExecutionId: await latestId(),
      retryMode,
    });
    await world.pass(5 * second);
    if (retryMode === 'ALL_ACTIONS') await answerApproval('Approved');
    await world.pass(5 * second);
    const started = told()
      .slice(before)
      .filter((text) => /\/\w+ STARTED$/.test(text));
    expect(started).toEqual(again.map((action) => `Stage1/${action} STARTED`));
  });

  test('needs a stage that has failed', async () => {
    await create();
    await world.pass(5 * second);
    await expect(retry('Stage0')).rejects.toMatchObject({ code: 'StageNotRetryableException' });
  });
});

describe('what an execution works with', () => {
  test('an override of the image replaces the tag', async () => {
    await create();
    await world.pass(5 * second);
    const other = `sha256:${'b'.repeat(64)}`;
    await start({ sourceRevisions: [{ actionName: 'Image', revisionType: 'IMAGE_DIGEST', revisionValue: other }] });
    await world.pass(5 * second);
    expect(outside.calls.filter(({ action }) => action === 'DescribeImages').at(-1)?.input).toEqual({
      repositoryName: 'web',
      imageIds: [{ imageDigest: other }],
    });
  });

  test('a commit of a repository that was told to the simulator', async () => {
    const git = {
      name: 'Code',
      actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
      configuration: {
        ConnectionArn: 'arn:aws:codeconnections:us-east-1:123456789012:connection/1',
        FullRepositoryId: 'shop/web',
        BranchName: 'main',
      },
      outputArtifacts: [{ name: 'Code' }],
    } as const;
    world.service.sources.set('shop/web@main', { revisionId: 'c0ffee', summary: 'Brew', files: {} });
    await create({
      stages: [{ name: 'Source', actions: [git] }, ...stages([approval]).slice(1)] as unknown as Actions,
    });
    await world.pass(5 * second);
    const { pipelineExecution } = await world.call<GetPipelineExecutionOutput>('GetPipelineExecution', {
      pipelineName: 'web',
      pipelineExecutionId: await latestId(),
    });
    expect(pipelineExecution?.artifactRevisions).toMatchObject([{ name: 'Code', revisionId: 'c0ffee' }]);
  });

  test('values of the variables that the pipeline declares', async () => {
    const given = { ...rollOut, configuration: { StateMachineArn: machine, Input: '{"why":"#{variables.why}"}' } };
    await create({ stages: stages([given]), variables: [{ name: 'why', defaultValue: 'routine' }] });
    outside.status = 'SUCCEEDED';
    await world.pass(30 * second);
    await start({ variables: [{ name: 'why', value: 'urgent' }] });
    await world.pass(30 * second);
    expect(
      outside.calls
        .filter(({ action }) => action === 'StartExecution')
        .map(({ input }) => (input as { input: string }).input),
    ).toEqual(['{"why":"routine"}', '{"why":"urgent"}']);
    await expect(start({ variables: [{ name: 'what', value: 'x' }] })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});
