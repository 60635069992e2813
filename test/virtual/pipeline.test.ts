import { expect, it } from 'vitest';
import { type Configuration, PipelineSettings } from '../../functions/core/configuration.ts';
import { prepareWorlds, VirtualWorld } from '../../local/virtual/world.ts';
import sample from '../../spillway.config.ts';

const minute = 60_000;
const account = '123456789012';
const machine = `arn:aws:states:us-east-1:${account}:stateMachine:spillway-rollout`;
const commit = '9fceb02d0ae598e95dc970b74767f19372d61af8';

const allow = (Action: readonly string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });

/** A pipeline as a user would bring it: a commit starts it, and its last action starts the rollout. */
const pipelineStack = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'codepipeline.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'RollOut',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                allow(['states:DescribeStateMachine', 'states:StartExecution'], machine),
                allow(['states:DescribeExecution'], `arn:aws:states:us-east-1:${account}:execution:spillway-rollout:*`),
                allow(['codestar-connections:UseConnection', 'codeconnections:UseConnection'], '*'),
              ],
            },
          },
        ],
      },
    },
    Pipeline: {
      Type: 'AWS::CodePipeline::Pipeline',
      Properties: {
        Name: 'storefront',
        PipelineType: 'V2',
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        ArtifactStore: { Type: 'S3', Location: 'artifacts' },
        Stages: [
          {
            Name: 'Source',
            Actions: [
              {
                Name: 'Code',
                ActionTypeId: { Category: 'Source', Owner: 'AWS', Provider: 'CodeStarSourceConnection', Version: '1' },
                Configuration: {
                  ConnectionArn: `arn:aws:codeconnections:us-east-1:${account}:connection/1`,
                  FullRepositoryId: 'shop/web-ui',
                  BranchName: 'main',
                },
                OutputArtifacts: [{ Name: 'Code' }],
              },
            ],
          },
          {
            Name: 'Release',
            Actions: [
              {
                Name: 'RollOut',
                ActionTypeId: { Category: 'Invoke', Owner: 'AWS', Provider: 'StepFunctions', Version: '1' },
                Configuration: {
                  StateMachineArn: machine,
                  Input: JSON.stringify({
                    service: 'web-ui',
                    image: 'v1',
                    trigger: { kind: 'pipeline', executionId: '#{codepipeline.PipelineExecutionId}' },
                  }),
                },
              },
            ],
          },
        ],
      },
    },
  },
};

it("a pipeline's rollout has its execution and its commit in its event, and the pipeline ends with its verdict", {
  timeout: 60_000,
}, async () => {
  const configuration: Configuration = structuredClone(sample);
  Object.assign(configuration.services['web-ui']?.rollout ?? {}, {
    trigger: 'pipeline',
    pipeline: PipelineSettings.parse({ name: 'storefront', stage: 'Release' }),
  });
  const ends: Readonly<Record<string, unknown>>[] = [];
  const world = await VirtualWorld.boot(await prepareWorlds(configuration), {
    seed: 5,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === 'Spillway Rollout State Change' && detail.state === 'ENDED') ends.push(detail);
    },
  });
  const digest = world.push('web-ui', 'v1');
  await world.pass(10 * minute);
  expect(ends).toEqual([]);

  world.cloud.codePipeline.sources.set('shop/web-ui@main', { revisionId: commit, summary: 'Sell tea', files: {} });
  const { status } = await world.settle(
    world.cloud.cloudFormation.deploy({ stackName: 'Storefront', template: pipelineStack }),
    60 * minute,
  );
  expect(status).toBe('CREATE_COMPLETE');
  await world.until(() => ends.length === 1, 30 * minute);
  await world.pass(5 * minute);
  const { pipelineExecutionSummaries: runs } = (await world.settle(
    world.cloud.call('codepipeline', 'ListPipelineExecutions', { pipelineName: 'storefront' }),
    minute,
  )) as { pipelineExecutionSummaries: { pipelineExecutionId: string; status: string }[] };
  expect(runs).toMatchObject([{ status: 'Succeeded' }]);
  expect(ends).toMatchObject([
    {
      verdict: 'completed',
      digest,
      trigger: {
        kind: 'pipeline',
        pipeline: 'storefront',
        executionId: runs[0]?.pipelineExecutionId,
        commit,
        revisions: [{ artifact: 'Code', id: commit }],
      },
    },
  ]);
  expect(world.cloud.iam.denials()).toEqual([]);
});

it('freezes hold the stage of a pipeline while one covers its service, and never open what somebody else holds', {
  timeout: 60_000,
}, async () => {
  const configuration: Configuration = structuredClone(sample);
  const releasedBy = (service: string, name: string) =>
    Object.assign(configuration.services[service]?.rollout ?? {}, {
      trigger: 'pipeline',
      pipeline: PipelineSettings.parse({ name, stage: 'Release' }),
    });
  // By the order of names the pipeline that is not there comes first.
  releasedBy('order-processor', 'nowhere');
  releasedBy('web-ui', 'storefront');
  const world = await VirtualWorld.boot(await prepareWorlds(configuration), { seed: 5 });
  await world.settle(
    world.cloud.cloudFormation.deploy({ stackName: 'Storefront', template: pipelineStack }),
    60 * minute,
  );
  const call = <T>(action: string, input: object): Promise<T> =>
    world.settle(world.cloud.call('codepipeline', action, input), minute) as Promise<T>;
  const operate = async (action: string, service: string, reason = ''): Promise<string> => {
    const started = world.cloud.call('states', 'StartExecution', {
      stateMachineArn: machine.replace('-rollout', '-operate'),
      input: JSON.stringify({ action, service, reason }),
    }) as Promise<{ executionArn: string }>;
    const execution = world.cloud.stepFunctions.execution((await world.settle(started, minute)).executionArn);
    await world.until(() => execution.status !== 'RUNNING', minute);
    const { cause, reason: said } = JSON.parse(execution.output ?? '{}') as { cause: string; reason: string };
    return `${cause}: ${said}`;
  };
  const stage = async (): Promise<string> => {
    const { stageStates } = await call<{
      stageStates: { stageName: string; inboundTransitionState: { enabled: boolean; disabledReason?: string } }[];
    }>('GetPipelineState', { name: 'storefront' });
    const { enabled, disabledReason = '' } =
      stageStates.find(({ stageName }) => stageName === 'Release')?.inboundTransitionState ?? {};
    return enabled ? 'open' : disabledReason;
  };
  const missing =
    " The stage Release of the pipeline nowhere could not be held: PipelineNotFoundException: Account '123456789012' does not have a pipeline with name 'nowhere'.";

  expect(await operate('freeze', 'web-ui', 'month end: books, "really"')).toBe(
    'frozen: web-ui is frozen: month end: books, "really".',
  );
  expect(await stage()).toBe('Frozen by Spillway - month end- books- -really-');
  // A pipeline that is gone keeps none of the others open.
  expect(await operate('freeze', '*')).toBe(`frozen: All services are frozen.${missing}`);
  expect(await operate('freeze', 'order-processor')).toBe(`frozen: order-processor is frozen.${missing}`);
  expect(await stage()).toBe('Frozen by Spillway');
  expect(await operate('unfreeze', 'web-ui')).toBe(
    'unfrozen: web-ui may be released again. All services are frozen still.',
  );
  expect(await stage()).toBe('Frozen by Spillway');
  expect(await operate('freeze', 'web-ui', 'by itself')).toBe('frozen: web-ui is frozen: by itself.');
  await operate('unfreeze', '*');
  expect(await stage()).toBe('Frozen by Spillway - by itself');
  expect(await operate('unfreeze', 'web-ui')).toBe('unfrozen: web-ui may be released again.');
  expect(await stage()).toBe('open');

  const reason = 'closed by the release manager';
  const transition = { pipelineName: 'storefront', stageName: 'Release', transitionType: 'Inbound', reason };
  await call('DisableStageTransition', transition);
  const left = ` The stage Release of the pipeline storefront is held by somebody else and stays so: ${reason}.`;
  expect(await operate('unfreeze', 'web-ui')).toBe(`unchanged: web-ui was not frozen.${left}`);
  expect(await operate('freeze', 'web-ui')).toBe(`frozen: web-ui is frozen.${left}`);
  expect(await operate('unfreeze', 'web-ui')).toBe(`unfrozen: web-ui may be released again.${left}`);
  expect(await stage()).toBe(reason);
  expect(world.cloud.iam.denials()).toEqual([]);
});
