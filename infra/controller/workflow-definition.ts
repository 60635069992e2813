import { type Workflow, workflows } from '../names.ts';

/** What a state machine's file asks for, found in the file itself. */
export interface WorkflowDefinition {
  /** The file's text, with its placeholders. */
  readonly text: string;
  /** Folders of the functions it invokes, by placeholder: `AdmitRolloutFunctionArn` → `admit-rollout`. */
  readonly functions: ReadonlyMap<string, string>;
  /** State machines that it starts, by placeholder: `BurstStateMachineArn` → `burst`. */
  readonly starts: ReadonlyMap<string, Workflow>;
  /** Whether it waits for an execution that it started, which needs more than the right to start it. */
  readonly waitsForExecutions: boolean;
}

const integrations = new Set([
  'arn:aws:states:::lambda:invoke',
  'arn:aws:states:::lambda:invoke.waitForTaskToken',
  'arn:aws:states:::states:startExecution',
  'arn:aws:states:::states:startExecution.sync',
  'arn:aws:states:::states:startExecution.sync:2',
  'arn:aws:states:::aws-sdk:sfn:startExecution',
]);

const kebab = (pascal: string): string => pascal.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

/** Every `Resource` of every task, at any depth: in branches of a `Parallel` and in item processors too. */
const resourcesIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(resourcesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'Resource' && typeof child === 'string' ? [child] : resourcesIn(child),
  );
};

/**
 * Reads a state machine's file: its placeholders say what must be substituted and granted.
 * @param folders functions that there are.
 * @throws for a placeholder that stands for nothing here, and for a task whose grant is not known.
 */
export const readWorkflow = (workflow: Workflow, text: string, folders: readonly string[]): WorkflowDefinition => {
  const file = `state-machines/${workflow}.asl.json`;
  const functions = new Map<string, string>();
  const starts = new Map<string, Workflow>();
  for (const [, placeholder = ''] of text.matchAll(/\$\{([^{}]*)\}/g)) {
    const folder = /^([A-Za-z0-9]+)FunctionArn$/.exec(placeholder)?.[1];
    const machine = /^([A-Za-z0-9]+)StateMachineArn$/.exec(placeholder)?.[1];
    const started = workflows.find((name) => name === machine?.toLowerCase());
    if (folder && folders.includes(kebab(folder))) functions.set(placeholder, kebab(folder));
    else if (started) starts.set(placeholder, started);
    else {
      throw new Error(
        `${file} has the placeholder \${${placeholder}}, which nothing is substituted for; ` +
          `it may name a function (${folders.join(', ')}) or a state machine (${workflows.join(', ')})`,
      );
    }
  }
  const resources = resourcesIn(JSON.parse(text));
  const unknown = resources.find((resource) => !integrations.has(resource));
  if (unknown) throw new Error(`${file} has a task with the resource ${unknown}, for which no grant is known`);
  return {
    text,
    functions,
    starts,
    waitsForExecutions: resources.some((resource) => resource.includes('startExecution.sync')),
  };
};
