import type { PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';
import { notModelled } from '../cloud/aws-error.ts';
import { codePipelineErrors as errors } from './errors.ts';
import type { Declaration, DeclaredAction } from './model.ts';
import { providerOf } from './providers/registry.ts';

const namePattern = /^[A-Za-z0-9.@_-]{1,100}$/;
/** Sixty days. */
const approvalMinutesMax = 86_400;

/**
 * Checks a declaration as CreatePipeline and UpdatePipeline do.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
 * @throws AwsError
 */
export const checkedDeclaration = (given: PipelineDeclaration, version: number, region: string): Declaration => {
  const { name = '', roleArn = '', stages = [], executionMode = 'SUPERSEDED', pipelineType = 'V1' } = given;
  requireName('pipeline.name', name);
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(roleArn))
    throw errors.validation(
      `1 validation error detected: Value '${roleArn}' at 'pipeline.roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws(-[\\w]+)*:iam::[0-9]{12}:role/.*`,
    );
  if (!given.artifactStore && !given.artifactStores)
    throw errors.structure('Pipeline must have either an artifactStore or artifactStores.');
  if (pipelineType === 'V1' && executionMode !== 'SUPERSEDED')
    throw errors.structure(`The execution mode ${executionMode} requires pipeline type V2.`);
  if (pipelineType === 'V1' && given.variables?.length)
    throw errors.structure('Variables at the pipeline level require pipeline type V2.');
  if (given.triggers?.length) throw notModelled('triggers of pipelines with Git filters');
  if (stages.length < 2)
    throw errors.structure(
      `Pipeline has only ${stages.length} stage(s). There should be a minimum of 2 stages in a pipeline`,
    );
  if (stages.length > 50) throw errors.structure('Pipeline has more than 50 stages');
  const twice = firstTwice(stages.map((stage) => stage.name ?? ''));
  if (twice !== undefined) throw errors.structure(`Stage name ${twice} is used more than once`);
  const produced = new Set<string>();
  return {
    ...structuredClone(given),
    name,
    roleArn,
    version,
    executionMode,
    pipelineType,
    stages: stages.map((stage, index) => checkedStage(stage, index, produced, region)),
  };
};

const checkedStage = (
  stage: StageDeclaration,
  index: number,
  produced: Set<string>,
  region: string,
): Declaration['stages'][number] => {
  const { name = '', actions = [] } = stage;
  requireName('pipeline.stages.member.name', name);
  if (stage.beforeEntry || stage.onFailure || stage.onSuccess)
    throw notModelled('conditions of stages in CodePipeline');
  if (stage.blockers?.length) throw errors.stage('Blockers are reserved for future use.');
  if (actions.length === 0) throw errors.stage(`Stage ${name} has no actions`);
  if (actions.length > 50) throw errors.stage(`Stage ${name} has more than 50 actions`);
  const twice = firstTwice(actions.map((action) => action.name ?? ''));
  if (twice !== undefined) throw errors.stage(`Action name ${twice} is used more than once in stage ${name}`);
  const checked = actions.map((action): DeclaredAction => {
    const declared = { ...structuredClone(action), name: action.name ?? '', runOrder: action.runOrder ?? 1 };
    checkAction(declared, name, index, region);
    return declared;
  });
  // An action may take in what an action of an earlier run order has put out.
  for (const action of checked.toSorted((a, b) => a.runOrder - b.runOrder)) {
    for (const { name: input = '' } of action.inputArtifacts ?? [])
      if (!produced.has(input))
        throw errors.structure(
          `Input Artifact Bundle ${input} in action ${action.name} is not declared as Output Artifact Bundle in any of the preceding actions`,
        );
    for (const { name: output = '' } of action.outputArtifacts ?? []) {
      if (produced.has(output))
        throw errors.structure(`Output Artifact Bundle name must be unique within the pipeline: ${output}`);
      produced.add(output);
    }
  }
  return { ...structuredClone(stage), name, actions: checked };
};

const checkAction = (action: DeclaredAction, stage: string, stageIndex: number, region: string): void => {
  requireName('pipeline.stages.member.actions.member.name', action.name);
  const type = action.actionTypeId;
  if (!type) throw errors.action(`Action ${action.name} has no action type`);
  const provider = providerOf(type);
  if (stageIndex === 0 && provider.category !== 'Source')
    throw errors.structure(`Pipeline should start with a stage that only contains source actions`);
  if (stageIndex > 0 && provider.category === 'Source')
    throw errors.structure(`Only first stage may contain source actions, but stage ${stage} has one: ${action.name}`);
  if (!Number.isInteger(action.runOrder) || action.runOrder < 1 || action.runOrder > 999)
    throw errors.action(`The run order of action ${action.name} must be between 1 and 999`);
  for (const member of ['commands', 'environmentVariables', 'outputVariables'] as const)
    if (action[member] !== undefined) throw notModelled(`the member ${member} of actions in CodePipeline`);
  if (action.region !== undefined && action.region !== region) throw notModelled('actions in other Regions');
  const keys = Object.keys(action.configuration ?? {});
  for (const key of provider.required)
    if (!keys.includes(key))
      throw errors.action(
        `Action configuration for action '${action.name}' is missing required configuration '${key}'`,
      );
  for (const key of keys)
    if (!provider.required.includes(key) && !provider.optional.includes(key))
      throw errors.action(`Action configuration for action '${action.name}' contains unknown configuration '${key}'`);
  requireCount(action, 'input', action.inputArtifacts?.length ?? 0, provider.inputs);
  requireCount(action, 'output', action.outputArtifacts?.length ?? 0, provider.outputs);
  if (action.timeoutInMinutes !== undefined) {
    if (provider.category !== 'Approval')
      throw errors.action('timeoutInMinutes is for the Manual approval action only');
    if (action.timeoutInMinutes < 5 || action.timeoutInMinutes > approvalMinutesMax)
      throw errors.validation(
        `1 validation error detected: Value '${action.timeoutInMinutes}' at 'timeoutInMinutes' failed to satisfy constraint: Member must have value between 5 and ${approvalMinutesMax}`,
      );
  }
};

const requireCount = (
  action: DeclaredAction,
  what: 'input' | 'output',
  count: number,
  [least, most]: readonly [number, number],
): void => {
  if (count < least || count > most)
    throw errors.action(
      `Action ${action.name} declares ${count} ${what} artifacts which is not in the valid range of ${least} to ${most}`,
    );
};

const requireName = (path: string, name: string): void => {
  if (!namePattern.test(name))
    throw errors.validation(
      `1 validation error detected: Value '${name}' at '${path}' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+`,
    );
};

const firstTwice = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) !== index);
