import type { Command } from 'commander';
import type { Configuration } from '../functions/core/configuration.ts';
import type { Context } from './context.ts';
import { follow } from './executions.ts';
import { watchService } from './progress.ts';
import { oneLine } from './words.ts';

export interface WaitOptions {
  readonly wait: boolean;
  readonly json?: boolean;
  readonly actor?: string;
}

/** The options of every command that starts an execution. */
export const waitOptions = (command: Command): Command =>
  command
    .option('--no-wait', 'print the execution and leave it running')
    .option('--actor <name>', 'who asks for it, for the history (default: the user of this machine)')
    .option('--json', 'print one JSON document');

export interface Started {
  readonly configuration: Configuration;
  readonly service: string;
  readonly executionArn: string;
  readonly options: WaitOptions;
}

/** Waits for the end of an execution while telling what happens, and leaves with the verdict's exit code. */
export const tellEnd = async (
  context: Context,
  { configuration, service, executionArn, options }: Started,
): Promise<void> => {
  if (!options.wait) {
    context.out(options.json ? JSON.stringify({ executionArn }) : executionArn);
    return;
  }
  const meanwhile = options.json ? undefined : await watchService(context, configuration, service);
  const ended = await follow(context, executionArn, meanwhile);
  context.out(
    options.json ? JSON.stringify(ended, null, 2) : `${ended.verdict} (${ended.cause}): ${oneLine(ended.reason)}`,
  );
  context.exit(ended.exitCode);
};
