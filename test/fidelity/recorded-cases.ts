import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names that stand in a recording for values that differ from run to run. */
export interface Placeholders {
  /** A text that is exactly this matches anything. */
  readonly whole: readonly string[];
  /** This inside a text matches any text. */
  readonly embedded: readonly string[];
  /** `<kind:N>` matches anything. */
  readonly ref: readonly string[];
}

/** What AWS recorded for a task state that calls another service. */
export interface TaskMock {
  readonly state: string;
  /** Type of the event that scheduled the task. */
  readonly kind: string;
  /** As events show it: `invoke.waitForTaskToken`. */
  readonly resource?: string;
  /** As events show it: `lambda`, `aws-sdk:dynamodb`. */
  readonly resourceType?: string | null;
  readonly parameters?: unknown;
  readonly outcomes?: readonly TaskOutcome[];
}

export interface TaskOutcome {
  /** Type of the event that ended the attempt: `TaskSucceeded`, `LambdaFunctionTimedOut`. */
  readonly type: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: unknown;
}

/** A function that a recorded execution calls: Python, as files by name. */
export interface FunctionSource {
  readonly handler: string;
  readonly code: Readonly<Record<string, string>>;
}

export type RecordedEvent = Readonly<Record<string, unknown>> & { readonly type: string };

export interface ExecutionCase {
  readonly name: string;
  readonly definition: string;
  readonly input: string;
  readonly expected: {
    readonly status: string;
    readonly output?: unknown;
    readonly error?: string;
    readonly cause?: unknown;
  };
  readonly historyTypes: readonly string[];
  readonly history: readonly RecordedEvent[];
  readonly mocks: readonly TaskMock[];
  readonly lambdas: Readonly<Record<string, FunctionSource>> | null;
  readonly placeholders: Placeholders;
  /** Whether the order of the events is free. */
  readonly concurrent: boolean;
  readonly waitSeconds: number;
}

export interface PatternCase {
  readonly name: string;
  /** From AWS's API, or from AWS's rule engine by itself, which knows no limits of the API. */
  readonly provenance: 'aws-recorded' | 'aws-engine';
  readonly event: string;
  readonly pattern: string;
  readonly expected: boolean | 'error';
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

export interface ScriptStep {
  readonly service: string;
  readonly op: string;
  readonly params: unknown;
  /** Seconds that pass before the call. */
  readonly sleep?: number;
  readonly expect?: { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
}

export interface ScriptCase {
  readonly name: string;
  readonly placeholders: Placeholders;
  readonly steps: readonly ScriptStep[];
}

export interface AlarmCase {
  readonly name: string;
  /** The oldest comes first; null is missing. */
  readonly datapoints: readonly (number | null)[];
  readonly threshold: number;
  readonly comparison: string;
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly treatMissingData: string;
  readonly expected: string;
}

export interface ShapeCase {
  readonly name: string;
  readonly service: string;
  readonly op: string;
  readonly response: Readonly<Record<string, unknown>>;
}

/** The cases of one file of a folder, one JSON object a line. @returns undefined where the folder has no such file */
export const readCases = <Case>(folder: string, suite: string): readonly Case[] | undefined => {
  const path = join(folder, `${suite}.jsonl`);
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      try {
        return JSON.parse(line) as Case;
      } catch (error) {
        throw new Error(`${path}, line ${index + 1}: ${(error as Error).message}`);
      }
    });
};
