import type { ServiceContext, ServiceName } from '../../cloud/service.ts';
import type { ActionRun, External } from '../model.ts';

/** One action type: what its declaration must have, and what it does. */
export interface ActionProvider {
  readonly category: 'Approval' | 'Invoke' | 'Source';
  readonly provider: string;
  /** Keys of the configuration that must be there, and those that may. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Least and most numbers of artifacts. */
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
  /** After so long the action fails; what it has started elsewhere goes on. */
  readonly timeoutMs: number;
  /** @throws AwsError when a call fails that the action needs: the action fails with it. */
  readonly run: (host: ActionHost) => Promise<Outcome>;
}

/** What a provider works with. */
export interface ActionHost {
  readonly ctx: ServiceContext;
  readonly run: ActionRun;
  /** With every variable in it resolved. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Aborted when the action was abandoned or has timed out: nothing that it finds out afterwards counts. */
  readonly signal: AbortSignal;
  /** Calls an API in the action's role, which is the pipeline's where it has none of its own. @throws AwsError */
  readonly call: <Answer>(service: ServiceName, action: string, input: unknown) => Promise<Answer>;
  /** Somebody's answer to an approval. */
  readonly approval: (token: string) => Promise<Approval>;
  /** What a source outside of the simulated services holds. */
  readonly source: (location: string) => SourceContent;
}

export interface Approval {
  readonly approved: boolean;
  readonly summary: string;
  readonly by: string;
}

/** What a bucket or a Git repository outside of the simulator is taken to hold. */
export interface SourceContent {
  readonly revisionId: string;
  readonly summary: string;
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>;
}

export type Outcome =
  | {
      readonly ok: true;
      readonly variables?: Readonly<Record<string, string>>;
      /** What the output artifacts hold. */
      readonly files?: Readonly<Record<string, string>>;
      readonly external?: External;
      readonly revision?: {
        readonly id: string;
        readonly summary: string;
        readonly url?: string;
        readonly createdMs: number;
      };
      readonly summary?: string;
      readonly updatedBy?: string;
    }
  | {
      readonly ok: false;
      /** As `FailureType` names it. */
      readonly code: 'ConfigurationError' | 'JobFailed' | 'PermissionError' | 'SystemUnavailable';
      readonly message: string;
      readonly external?: External;
      readonly summary?: string;
      readonly updatedBy?: string;
    };
