import type { ServiceContext } from '../../cloud/service.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Execution } from './execution.ts';
import type { Chain } from './history.ts';
import type { Scope } from './scope.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What every part of an interpreter reaches. */
export interface Machinery {
  readonly ctx: ServiceContext;
  readonly tokens: TaskTokens;
  /** Resolves when an execution of this account has ended. */
  readonly whenClosed: (executionArn: string) => Promise<void>;
  /** What Step Functions adds to JSONata, as bindings. */
  readonly functions: Readonly<Record<string, unknown>>;
}

/** One thread of states: the machine, a branch of a Parallel state, or an iteration of a Map state. */
export interface Frame {
  readonly machinery: Machinery;
  readonly execution: Execution;
  readonly chain: Chain;
  readonly scope: Scope;
  readonly nested: boolean;
  /** `$states.context.Map` inside an iteration. */
  readonly mapContext: JsonObject | undefined;
  /** Variables by name. Replaced, never changed: inner frames start from their parent's and keep theirs to themselves. */
  variables: Readonly<Record<string, Json>>;
  /** The type of the state that runs, for the events of an abort; undefined between states. */
  running: string | undefined;
  /** Frames that run inside the current state, with the event that says so when they are aborted. */
  inner: Set<Frame>;
  /** The iteration that this frame is, in the words of its events. */
  readonly iteration: { readonly name: string; readonly index: number } | undefined;
}
