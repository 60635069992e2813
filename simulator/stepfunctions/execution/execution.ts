import type { Caller } from '../../cloud/service.ts';
import type { Definition } from '../definition/definition.ts';
import type { Datum } from '../json.ts';
import type { History } from './history.ts';
import type { Scope } from './scope.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The state machine as it was when an execution started; later updates do not touch running executions. */
export interface MachineSnapshot {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definitionText: string;
  readonly definition: Definition;
  readonly updatedMs: number;
  readonly revisionId: string | undefined;
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: MachineSnapshot;
  readonly input: Datum;
  /** The input as the caller sent it. */
  readonly inputText: string;
  readonly traceHeader: string | undefined;
  readonly startMs: number;
  readonly history: History;
  readonly scope: Scope;
  /** The session of the machine's role in which its tasks call other services. */
  readonly caller: Caller;
  status: ExecutionStatus;
  stopMs: number | undefined;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
}
