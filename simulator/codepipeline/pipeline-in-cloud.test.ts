import { expect, test } from 'vitest';
import { Cloud } from '../cloud/cloud.ts';
import { roleSession } from '../cloud/role-session.ts';
import type { Caller, ServiceName } from '../cloud/service.ts';
import type { JsonObject } from '../cloudformation/json.ts';
import { VirtualKernel } from '../kernel/virtual-kernel.ts';

/** A pipeline that a template deploys, with every service and IAM around it. */

const account = '123456789012';
const machine = `arn:aws:states:us-east-1:${account}:stateMachine:rollout`;

/** Actions and the resource they are allowed on. */
type Grant = readonly [string | readonly string[], unknown];

const trust = (service: string): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});

const role = (service: string, ...statements: readonly Grant[]): JsonObject => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trust(service),
    Policies: [
      {
        PolicyName: 'It',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: statements.map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
        },
      },
    ],
  },
});

const arnOf = (name: string): JsonObject => ({ 'Fn::GetAtt': [name, 'Arn'] });

const template = (grants: readonly Grant[]): JsonObject => ({
  Resources: {
    Repository: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'web' } },
    MachineRole: role('states.amazonaws.com', ['logs:*', '*']),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'rollout',
        RoleArn: arnOf('MachineRole'),
        DefinitionString: JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Wait',
          States: { Wait: { Type: 'Wait', Seconds: 60, End: true } },
        }),
      },
    },
    PipelineRole: role('codepipeline.amazonaws.com', ...grants),
    Pipeline: {
      Type: 'AWS::CodePipeline::Pipeline',
      Properties: {
        Name: 'web',
        PipelineType: 'V2',
        RoleArn: arnOf('PipelineRole'),
        ArtifactStore: { Type: 'S3', Location: 'artifacts' },
        DisableInboundStageTransitions: [{ StageName: 'Hold', Reason: 'not yet' }],
        Stages: [
          {
            Name: 'Source',
            Actions: [
              {
                Name: 'Image',
                ActionTypeId: { Category: 'Source', Owner: 'AWS', Provider: 'ECR', Version: '1' },
                Configuration: { RepositoryName: { Ref: 'Repository' }, ImageTag: 'live' },
                OutputArtifacts: [{ Name: 'Detail' }],
                Namespace: 'Image',
                RunOrder: 1,
              },
            ],
          },
          {
            Name: 'RollOut',
            Actions: [
              {
                Name: 'RollOut',
                ActionTypeId: { Category: 'Invoke', Owner: 'AWS', Provider: 'StepFunctions', Version: '1' },
                Configuration: { StateMachineArn: { Ref: 'Machine' }, Input: '{"image":"#{Image.ImageURI}"}' },
              },
            ],
          },
          {
            Name: 'Hold',
            Actions: [
              {
                Name: 'Look',
                ActionTypeId: { Category: 'Approval', Owner: 'AWS', Provider: 'Manual', Version: '1' },
              },
            ],
          },
        ],
      },
    },
    RuleRole: role('events.amazonaws.com', [
      'codepipeline:StartPipelineExecution',
      `arn:aws:codepipeline:us-east-1:${account}:web`,
    ]),
    OnPush: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: 'on-push',
        EventPattern: { source: ['aws.ecr'], detail: { 'action-type': ['PUSH'], 'image-tag': ['live'] } },
        Targets: [{ Id: 'Pipeline', Arn: `arn:aws:codepipeline:us-east-1:${account}:web`, RoleArn: arnOf('RuleRole') }],
      },
    },
  },
});

const sourceGrant = ['ecr:DescribeImages', arnOf('Repository')] as const;
const invokeGrants = [
  sourceGrant,
  [['states:DescribeStateMachine', 'states:StartExecution'], { Ref: 'Machine' }],
  ['states:DescribeExecution', `arn:aws:states:us-east-1:${account}:execution:rollout:*`],
] as const;

const deployed = async (grants: Parameters<typeof template>[0]) => {
  const kernel = new VirtualKernel({ seed: 1 });
  const cloud = new Cloud({
    kernel,
    endpoint: 'http://127.0.0.1:4566',
    code: () => undefined,
    host: () => ({}) as never,
    runtime: () => ({}) as never,
  });
  const pass = (ms: number) => kernel.run({ untilMs: kernel.now() + ms });
  const call = async <Answer>(service: ServiceName, action: string, input: object, caller: Caller = cloud.operator) =>
    (await cloud.dispatcher.call({ service, action, input, caller })) as Answer;
  const result = cloud.cloudFormation.deploy({ stackName: 'Pipeline', template: template(grants) });
  await pass(60_000);
  expect((await result).status).toBe('CREATE_COMPLETE');
  const push = () => cloud.ecr.store({ repository: 'web', tags: ['live'], config: {}, layers: [] }).digest;
  const executions = async () =>
    (
      await call<{ pipelineExecutionSummaries: { status: string; trigger: object; pipelineExecutionId: string }[] }>(
        'codepipeline',
        'ListPipelineExecutions',
        { pipelineName: 'web' },
      )
    ).pipelineExecutionSummaries;
  return { cloud, pass, call, push, executions };
};

test('a push starts it by a rule, and its role starts and awaits the execution of the state machine', async () => {
  const { pass, call, push, executions } = await deployed(invokeGrants);
  // Its first run, at its creation, found no image.
  expect(await executions()).toMatchObject([{ status: 'Failed', trigger: { triggerType: 'CreatePipeline' } }]);
  const digest = push();
  await pass(40_000);
  const { executions: started } = await call<{ executions: { executionArn: string; status: string }[] }>(
    'states',
    'ListExecutions',
    { stateMachineArn: machine },
  );
  expect(started).toMatchObject([{ status: 'RUNNING' }]);
  const { input } = await call<{ input: string }>('states', 'DescribeExecution', {
    executionArn: started[0]?.executionArn,
  });
  expect(input).toBe(`{"image":"${account}.dkr.ecr.us-east-1.amazonaws.com/web@${digest}"}`);
  await pass(60_000);
  expect((await executions())[0]).toMatchObject({
    status: 'InProgress',
    trigger: { triggerType: 'CloudWatchEvent', triggerDetail: `arn:aws:events:us-east-1:${account}:rule/on-push` },
  });
  // The template disables the way into the last stage.
  const { stageStates } = await call<{ stageStates: { inboundTransitionState: object; inboundExecution?: object }[] }>(
    'codepipeline',
    'GetPipelineState',
    { name: 'web' },
  );
  expect(stageStates[2]).toMatchObject({ inboundTransitionState: { enabled: false }, inboundExecution: {} });
});

test('a role that lacks a grant fails the action with PermissionError', async () => {
  const { pass, call, push } = await deployed([sourceGrant]);
  push();
  await pass(40_000);
  const { actionExecutionDetails } = await call<{ actionExecutionDetails: object[] }>(
    'codepipeline',
    'ListActionExecutions',
    { pipelineName: 'web' },
  );
  expect(actionExecutionDetails[0]).toMatchObject({
    actionName: 'RollOut',
    status: 'Failed',
    output: {
      executionResult: { errorDetails: { code: 'PermissionError', message: expect.stringContaining('states:') } },
    },
  });
});

test('a caller needs a grant on the pipeline, and iam:PassRole to make one', async () => {
  const { call, executions } = await deployed([
    ...invokeGrants,
    ['codepipeline:CreatePipeline', '*'],
    ['codepipeline:GetPipeline', '*'],
  ]);
  const [{ pipelineExecutionId = '' } = {}] = await executions();
  const roles = await call<{ Roles: { Arn: string }[] }>('iam', 'ListRoles', {});
  const roleArn = roles.Roles.map(({ Arn }) => Arn).find((arn) => arn.includes('PipelineRole')) ?? '';
  const caller = roleSession(roleArn, 'someone');
  const { pipeline } = await call<{ pipeline: object }>('codepipeline', 'GetPipeline', { name: 'web' }, caller);
  await expect(
    call('codepipeline', 'StopPipelineExecution', { pipelineName: 'web', pipelineExecutionId }, caller),
  ).rejects.toMatchObject({ code: 'AccessDeniedException' });
  await expect(
    call('codepipeline', 'CreatePipeline', { pipeline: { ...pipeline, name: 'other' } }, caller),
  ).rejects.toMatchObject({ code: 'AccessDeniedException', message: expect.stringContaining('iam:PassRole') });
});
