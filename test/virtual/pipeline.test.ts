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
