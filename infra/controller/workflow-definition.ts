import { type Workflow, workflows } from '../names.ts';

/** What a state machine's file asks for, found in the file itself. */
export interface WorkflowDefinition {
  /** The file's text, with its placeholders. */
  readonly text: string;
  /** Folders of the functions it invokes, by placeholder: `AdmitRolloutFunctionArn` → `admit-rollout`. */
  readonly functions: ReadonlyMap<string, string>;
  /** State machines that it starts, by placeholder: `BurstStateMachineArn` → `burst`. */
  readonly starts: ReadonlyMap<string, Workflow>;
  /** Those of them that it waits for, which needs more than the right to start them. */
  readonly waitsFor: readonly Workflow[];
}

/** The integrations that a grant is known for, with the argument that names what is called. */
const targetArguments: Readonly<Record<string, 'FunctionName' | 'StateMachineArn'>> = {
  'arn:aws:states:::lambda:invoke': 'FunctionName',
  'arn:aws:states:::lambda:invoke.waitForTaskToken': 'FunctionName',
  'arn:aws:states:::states:startExecution': 'StateMachineArn',
  'arn:aws:states:::states:startExecution.sync': 'StateMachineArn',
  'arn:aws:states:::states:startExecution.sync:2': 'StateMachineArn',
};

interface Task {
  readonly name: string;
  readonly resource: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every task at any depth: in branches of a `Parallel` and in item processors too. */
const tasksIn = (value: unknown, name = ''): readonly Task[] => {
  if (Array.isArray(value)) return value.flatMap((item) => tasksIn(item, name));
  if (!isObject(value)) return [];
  if (value.Type === 'Task' && typeof value.Resource === 'string') {
    return [{ name, resource: value.Resource, arguments: isObject(value.Arguments) ? value.Arguments : {} }];
  }
  return Object.entries(value).flatMap(([key, child]) => tasksIn(child, key));
};

const kebab = (pascal: string): string => pascal.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

/**
 * Reads a state machine's file: its placeholders say what must be substituted and granted.
 * @param folders functions that there are.
 * @throws for a placeholder that nothing is substituted for, for a task that names its target in any other way than by
 * a placeholder, and for a task whose grant is not known.
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
  const waitsFor = new Set<Workflow>();
  for (const task of tasksIn(JSON.parse(text))) {
    const argument = targetArguments[task.resource];
    if (!argument) {
      throw new Error(
        `${file}: the task '${task.name}' has the resource ${task.resource}, for which no grant is known; ` +
          `known are ${Object.keys(targetArguments).join(', ')}`,
      );
    }
    const target = String(task.arguments[argument]);
    const placeholder = /^\$\{(.+)\}$/.exec(target)?.[1] ?? '';
    const known = argument === 'FunctionName' ? functions : starts;
    if (!known.has(placeholder)) {
      throw new Error(
        `${file}: the task '${task.name}' has ${target} as its ${argument}; a placeholder such as \${` +
          `${argument === 'FunctionName' ? 'MoveTwinFunctionArn' : 'BurstStateMachineArn'}} is substituted and granted`,
      );
    }
    const started = starts.get(placeholder);
    if (started && task.resource.includes('.sync')) waitsFor.add(started);
  }
  return { text, functions, starts, waitsFor: [...waitsFor] };
};
