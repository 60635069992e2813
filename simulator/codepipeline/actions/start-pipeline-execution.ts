import type { StartPipelineExecutionInput, StartPipelineExecutionOutput } from '@aws-sdk/client-codepipeline';
import type { ActionDefinition } from '../../cloud/service.ts';
import { startedByRule } from '../../cloud/started-by-rule.ts';
import type { CodePipelineService } from '../codepipeline-service.ts';
import { codePipelineErrors as errors } from '../errors.ts';
import type { Pipeline } from '../model.ts';
import { onPipeline } from './on-pipeline.ts';

interface Input extends StartPipelineExecutionInput {
  readonly [startedByRule]?: string;
}

/** The same client token answers with the execution that it has started already. */
export const startPipelineExecution: ActionDefinition<CodePipelineService, Input, StartPipelineExecutionOutput> = {
  ...onPipeline('StartPipelineExecution'),
  run: (service, input, { caller }) => {
    const pipeline = service.pipeline(input.name);
    const { clientRequestToken } = input;
    const known =
      clientRequestToken === undefined
        ? undefined
        : pipeline.executions.find((execution) => execution.clientRequestToken === clientRequestToken);
    if (known) return { pipelineExecutionId: known.id };
    const overrides = input.sourceRevisions ?? [];
    const sources = pipeline.declaration.stages[0]?.actions ?? [];
    for (const { actionName = '' } of overrides)
      if (!sources.some(({ name }) => name === actionName))
        throw errors.validation(`The pipeline '${pipeline.name}' has no source action with the name '${actionName}'.`);
    const rule = input[startedByRule];
    const { id } = service.start(pipeline, {
      trigger: rule
        ? { triggerType: 'CloudWatchEvent', triggerDetail: rule }
        : { triggerType: 'StartPipelineExecution', triggerDetail: service.whoIs(caller) },
      overrides: structuredClone(overrides),
      variables: variablesOf(pipeline, input),
      clientRequestToken,
    });
    return { pipelineExecutionId: id };
  },
};

/** @throws AwsError for a variable that the pipeline has not, and for one that gets no value */
const variablesOf = (pipeline: Pipeline, { variables = [] }: Input): ReadonlyMap<string, string> => {
  const declared = pipeline.declaration.variables ?? [];
  for (const { name = '' } of variables)
    if (!declared.some((variable) => variable.name === name))
      throw errors.validation(`The pipeline '${pipeline.name}' has no variable with the name '${name}'.`);
  return new Map(
    declared.map(({ name = '', defaultValue }) => {
      const value = variables.find((variable) => variable.name === name)?.value ?? defaultValue;
      if (value === undefined) throw errors.validation(`The variable '${name}' has no default and was given no value.`);
      return [name, value];
    }),
  );
};
