import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { EnvironmentPool } from './environment-pool.ts';

/** What a version of a function is made of; `$LATEST` changes, numbered versions never do. */
export interface FunctionSettings {
  readonly handler: string;
  readonly runtime: string;
  readonly roleArn: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly codePath: string;
  readonly codeSha256: string;
  readonly architectures: readonly string[];
  readonly tracingMode: string;
  readonly ephemeralStorageMb: number;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly vpc: FunctionConfiguration['VpcConfig'];
}

export interface FunctionVersion {
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly settings: FunctionSettings;
  readonly pool: EnvironmentPool;
  readonly modifiedMs: number;
  readonly revisionId: string;
}

export interface Alias {
  readonly name: string;
  functionVersion: string;
  description: string;
  revisionId: string;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: Readonly<Record<string, string>> | string;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface EventInvokeSettings {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly modifiedMs: number;
}

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  latest: FunctionVersion;
  /** Published versions by number. */
  readonly published: Map<string, FunctionVersion>;
  nextVersion: number;
  readonly aliases: Map<string, Alias>;
  /** Statements by qualifier; those of the function itself under the empty one. */
  readonly policies: Map<string, PolicyStatement[]>;
  /** By qualifier, as the policies. */
  readonly eventInvoke: Map<string, EventInvokeSettings>;
  readonly tags: Map<string, string>;
  reservedConcurrency: number | undefined;
  running: number;
}

/** A function, and the version of it that a call means. */
export interface Resolved {
  readonly fn: LambdaFunction;
  readonly version: FunctionVersion;
  /** As the caller gave it: `$LATEST`, a number, an alias, or undefined. */
  readonly qualifier: string | undefined;
  /** The ARN with the qualifier that was given. */
  readonly arn: string;
}
