import type {
  ActionDeclaration,
  ErrorDetails,
  ExecutionMode,
  ExecutionTrigger,
  PipelineDeclaration,
  PipelineExecutionStatus,
  SourceRevision,
  SourceRevisionOverride,
  StageDeclaration,
  StageExecutionStatus,
} from '@aws-sdk/client-codepipeline';

/** A declaration as it was checked: with everything in it that may be left out of a request. */
export interface Declaration extends PipelineDeclaration {
  readonly name: string;
  readonly roleArn: string;
  readonly version: number;
  readonly executionMode: ExecutionMode;
  readonly stages: DeclaredStage[];
}

export interface DeclaredStage extends StageDeclaration {
  readonly name: string;
  readonly actions: DeclaredAction[];
}

export interface DeclaredAction extends ActionDeclaration {
  readonly name: string;
  readonly runOrder: number;
}

export interface Pipeline {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  updatedMs: number;
  /** The newest version. */
  declaration: Declaration;
  readonly versions: Map<number, Declaration>;
  readonly tags: Map<string, string>;
  /** Where executions wait for a stage, and which one has it, by the stage's name. */
  readonly lanes: Map<string, Lane>;
  /** Oldest first. */
  readonly executions: Execution[];
  /** Every run of every action, oldest first. */
  readonly actionRuns: ActionRun[];
}

/** The way into one stage. */
export interface Lane {
  transition: Transition;
  /** Executions that would enter the stage, oldest first. */
  readonly waiting: Execution[];
  /** The execution that has the stage; in PARALLEL mode none has it for itself. */
  occupant: Execution | undefined;
  /** The execution that entered last. */
  latest: Execution | undefined;
}

export interface Transition {
  readonly enabled: boolean;
  readonly reason?: string;
  readonly changedBy?: string;
  readonly changedMs?: number;
}

export interface Execution {
  readonly id: string;
  readonly pipeline: Pipeline;
  /** As it was when the execution started. */
  readonly declaration: Declaration;
  readonly trigger: ExecutionTrigger;
  readonly startMs: number;
  readonly clientRequestToken: string | undefined;
  readonly overrides: readonly SourceRevisionOverride[];
  /** Values of the pipeline's variables. */
  readonly variables: ReadonlyMap<string, string>;
  /** Variables that actions have put out, by namespace. */
  readonly namespaces: Map<string, Readonly<Record<string, string>>>;
  readonly artifacts: Map<string, Artifact>;
  readonly sourceRevisions: SourceRevision[];
  readonly stages: Map<string, StageRun>;
  updatedMs: number;
  status: PipelineExecutionStatus;
  statusSummary: string | undefined;
  /** Whether it is to be stopped, and how. */
  stop: { readonly abandon: boolean; readonly reason: string | undefined } | undefined;
  /** 1 at first, one more with every retry. */
  attempt: number;
}

export interface StageRun {
  readonly declaration: DeclaredStage;
  readonly startMs: number;
  status: StageExecutionStatus;
  /** 0 at first, one more with every retry. */
  attempt: number;
  retriedMs: number | undefined;
  /** The newest run of each action that has started. */
  readonly actions: Map<string, ActionRun>;
}

export interface ActionRun {
  readonly id: string;
  readonly execution: Execution;
  readonly stage: StageRun;
  readonly declaration: DeclaredAction;
  readonly startMs: number;
  readonly inputArtifacts: readonly Artifact[];
  readonly stopped: AbortController;
  updatedMs: number;
  status: 'Abandoned' | 'Failed' | 'InProgress' | 'Succeeded';
  resolvedConfiguration: Readonly<Record<string, string>>;
  summary: string | undefined;
  updatedBy: string | undefined;
  /** Of an approval: what an answer must name. */
  token: string | undefined;
  external: External | undefined;
  error: ErrorDetails | undefined;
  outputVariables: Readonly<Record<string, string>>;
  outputArtifacts: readonly Artifact[];
  revision: { readonly id: string; readonly createdMs: number } | undefined;
}

/** What an action has to do with outside of CodePipeline. */
export interface External {
  readonly id: string;
  readonly url?: string;
  readonly summary?: string;
}

/** Files that one action puts out and another takes in. */
export interface Artifact {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly files: Readonly<Record<string, string>>;
}

export const arnOfStage = (pipeline: Pipeline, stage: string): string => `${pipeline.arn}/${stage}`;

export const isOver = (status: PipelineExecutionStatus): boolean => status !== 'InProgress' && status !== 'Stopping';
