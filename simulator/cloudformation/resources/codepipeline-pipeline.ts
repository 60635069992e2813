import { isObject, type JsonObject } from '../json.ts';
import { camelCase, coercion, list, lowerTagList, requiredText, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const coerce = coercion(['runOrder', 'timeoutInMinutes'], []);

/** A configuration's keys are those of the action type, and keep their case; its values are texts. */
const action = (given: JsonObject): JsonObject => {
  const { Configuration: configuration, ...rest } = given;
  return {
    ...(camelCase(rest, coerce) as JsonObject),
    ...(isObject(configuration)
      ? {
          configuration: Object.fromEntries(
            Object.entries(configuration).map(([key, value]) => [
              key,
              isObject(value) ? JSON.stringify(value) : String(value),
            ]),
          ),
        }
      : {}),
  };
};

const stage = (given: JsonObject): JsonObject => {
  const { Actions: _actions, ...rest } = given;
  return { ...(camelCase(rest) as JsonObject), actions: list<JsonObject>(given, 'Actions').map(action) };
};

const declaration = (name: string, properties: Properties): JsonObject => ({
  name,
  roleArn: requiredText(properties, 'RoleArn'),
  ...(properties.ArtifactStore === undefined ? {} : { artifactStore: camelCase(properties.ArtifactStore) }),
  ...(properties.ArtifactStores === undefined
    ? {}
    : {
        artifactStores: Object.fromEntries(
          list<JsonObject>(properties, 'ArtifactStores').map((store) => [
            requiredText(store, 'Region'),
            camelCase(store.ArtifactStore),
          ]),
        ),
      }),
  stages: list<JsonObject>(properties, 'Stages').map(stage),
  ...(properties.ExecutionMode === undefined ? {} : { executionMode: text(properties, 'ExecutionMode') }),
  ...(properties.PipelineType === undefined ? {} : { pipelineType: text(properties, 'PipelineType') }),
  ...(properties.Variables === undefined ? {} : { variables: camelCase(list(properties, 'Variables')) }),
  ...(properties.Triggers === undefined ? {} : { triggers: camelCase(list(properties, 'Triggers')) }),
});

interface Disabled extends JsonObject {
  readonly StageName: string;
  readonly Reason: string;
}

const bringTransitions = async (
  context: ResourceContext,
  pipelineName: string,
  before: Properties,
  after: Properties,
): Promise<void> => {
  const disabled = list<Disabled>(after, 'DisableInboundStageTransitions');
  for (const { StageName: stageName } of list<Disabled>(before, 'DisableInboundStageTransitions'))
    if (!disabled.some((each) => each.StageName === stageName))
      await context.call('codepipeline', 'EnableStageTransition', {
        pipelineName,
        stageName,
        transitionType: 'Inbound',
      });
  for (const { StageName: stageName, Reason: reason } of disabled)
    await context.call('codepipeline', 'DisableStageTransition', {
      pipelineName,
      stageName,
      transitionType: 'Inbound',
      reason,
    });
};

export const codePipelinePipeline: ResourceProvider = {
  type: 'AWS::CodePipeline::Pipeline',
  properties: [
    'ArtifactStore',
    'ArtifactStores',
    'DisableInboundStageTransitions',
    'ExecutionMode',
    'Name',
    'PipelineType',
    'RestartExecutionOnUpdate',
    'RoleArn',
    'Stages',
    'Tags',
    'Triggers',
    'Variables',
  ],
  attributes: ['Version'],
  replacedBy: ['Name'],
  create: async (context, properties) => {
    const name = text(properties, 'Name') ?? context.name({ maxLength: 100 });
    await context.call('codepipeline', 'CreatePipeline', {
      pipeline: declaration(name, properties),
      tags: lowerTagList(properties),
    });
    context.made(name);
    await bringTransitions(context, name, {}, properties);
    return { physicalId: name, attributes: { Version: '1' } };
  },
  update: async (context, { before, properties, changed }) => {
    const name = before.physicalId;
    const { pipeline } = await context.call<{ pipeline: { version: number } }>('codepipeline', 'UpdatePipeline', {
      pipeline: declaration(name, properties),
    });
    if (changed.has('DisableInboundStageTransitions'))
      await bringTransitions(context, name, before.properties, properties);
    if (properties.RestartExecutionOnUpdate === true || properties.RestartExecutionOnUpdate === 'true')
      await context.call('codepipeline', 'StartPipelineExecution', { name });
    return { physicalId: name, attributes: { Version: String(pipeline.version) } };
  },
  delete: async (context, existing) => {
    await context.call('codepipeline', 'DeletePipeline', { name: existing.physicalId });
  },
};
