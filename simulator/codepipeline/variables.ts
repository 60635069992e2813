import type { Execution } from './model.ts';

/**
 * Puts the values of variables in the place of `#{namespace.name}`: what an action with a namespace has put out, the
 * pipeline's own variables as `#{variables.name}`, and `#{codepipeline.PipelineExecutionId}`.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 * @throws UnresolvedVariable
 */
export const resolveVariables = (execution: Execution, text: string): string =>
  text.replace(/#\{([^{}]+)\}/g, (whole, path: string) => {
    const [namespace = '', name = ''] = path.split('.', 2);
    const value =
      namespace === 'variables'
        ? execution.variables.get(name)
        : namespace === 'codepipeline'
          ? { PipelineExecutionId: execution.id }[name]
          : execution.namespaces.get(namespace)?.[name];
    if (value === undefined) throw new UnresolvedVariable(whole);
    return value;
  });

export class UnresolvedVariable extends Error {
  constructor(reference: string) {
    super(`The variable ${reference} could not be resolved.`);
  }
}
