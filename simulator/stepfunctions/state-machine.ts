import type { LoggingConfiguration, TracingConfiguration } from '@aws-sdk/client-sfn';
import type { Definition } from './definition/definition.ts';
import type { MachineSnapshot } from './execution/execution.ts';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly createdMs: number;
  readonly tags: Map<string, string>;
  roleArn: string;
  definitionText: string;
  definition: Definition;
  loggingConfiguration: LoggingConfiguration;
  tracingConfiguration: TracingConfiguration;
  updatedMs: number;
  /** undefined until the first update. */
  revisionId: string | undefined;
}

export const snapshotOf = (machine: StateMachine): MachineSnapshot => ({
  arn: machine.arn,
  name: machine.name,
  roleArn: machine.roleArn,
  definitionText: machine.definitionText,
  definition: machine.definition,
  updatedMs: machine.updatedMs,
  revisionId: machine.revisionId,
});

/** Names of machines and executions. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
export const isValidName = (name: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what AWS refuses.
  name.length > 0 && name.length <= 80 && !/[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/.test(name);
