import type { Template } from '../jsonata/template.ts';

/** A state machine's definition with every expression compiled. Names and meaning as in the Amazon States Language. */
export interface Definition {
  readonly machine: StateGraph;
  readonly timeoutSeconds: number | undefined;
}

/** What runs as one thread of states: a machine, a branch of a Parallel state, an item of a Map state. */
export interface StateGraph {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

interface Common {
  readonly name: string;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

/** `next` is undefined for a state that ends its graph. */
interface Transition {
  readonly next: string | undefined;
}

export interface Recovery {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly jitter: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

export interface PassState extends Common, Transition {
  readonly type: 'Pass';
}

export interface TaskState extends Common, Transition, Recovery {
  readonly type: 'Task';
  readonly resource: string;
  readonly arguments: Template | undefined;
  readonly credentialsRoleArn: Template | undefined;
  readonly timeoutSeconds: Template | undefined;
  readonly heartbeatSeconds: Template | undefined;
}

export interface ChoiceState extends Common {
  readonly type: 'Choice';
  readonly choices: readonly ChoiceRule[];
  readonly default: string | undefined;
}

export interface ChoiceRule {
  readonly condition: Template;
  readonly next: string;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

export interface WaitState extends Common, Transition {
  readonly type: 'Wait';
  readonly seconds: Template | undefined;
  readonly timestamp: Template | undefined;
}

export interface SucceedState extends Common {
  readonly type: 'Succeed';
}

export interface FailState extends Common {
  readonly type: 'Fail';
  readonly error: Template | undefined;
  readonly cause: Template | undefined;
}

export interface ParallelState extends Common, Transition, Recovery {
  readonly type: 'Parallel';
  readonly arguments: Template | undefined;
  readonly branches: readonly StateGraph[];
}

export interface MapState extends Common, Transition, Recovery {
  readonly type: 'Map';
  readonly items: Template | undefined;
  readonly itemSelector: Template | undefined;
  readonly maxConcurrency: Template | undefined;
  readonly toleratedFailureCount: Template | undefined;
  readonly toleratedFailurePercentage: Template | undefined;
  readonly itemProcessor: StateGraph;
}
