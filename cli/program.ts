import { Command, CommanderError } from 'commander';
import { InvalidConfiguration } from '../functions/core/configuration.ts';
import { nameOf } from '../functions/core/errors.ts';
import { addAdopt } from './commands/adopt.ts';
import { addBursts } from './commands/bursts.ts';
import { addDeploy } from './commands/deploy.ts';
import { addHistory } from './commands/history.ts';
import { addLocal } from './commands/local.ts';
import { addOperations } from './commands/operate.ts';
import { addPlan } from './commands/plan.ts';
import { addRollouts } from './commands/rollouts.ts';
import { addSimulate } from './commands/simulate.ts';
import { addStatus } from './commands/status.ts';
import { type Context, NotAccepted, NotDeployed } from './context.ts';

/** The command line, on whatever world the context leads to. */
export const createProgram = (context: Context): Command => {
  const program = new Command('spillway')
    .description(
      'Looks at and operates a stretched ECS cluster that Spillway looks after. Uses ordinary AWS configuration: AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE, credentials.',
    )
    .addHelpText(
      'after',
      `
Without AWS_ENDPOINT_URL, AWS_PROFILE, AWS_REGION or credentials in the environment it speaks to the local cloud,
http://127.0.0.1:4566; a default profile in ~/.aws is named with AWS_PROFILE=default.
Exit codes: 0 done, 1 it failed or was rolled back, 2 wrong arguments or refused, 3 nothing proved, deferred, or a
burst was under way already, 4 superseded, 5 changed by someone else, 6 a person is needed, 7 stopped by hand.`,
    )
    .configureOutput({
      writeOut: (text) => context.out(text.trimEnd()),
      writeErr: (text) => context.progress(text.trimEnd()),
    });
  // Before the commands: they inherit these.
  program.exitOverride();
  program.showHelpAfterError('--help after the command says what it accepts.');
  const commands = [
    addStatus,
    addPlan,
    addAdopt,
    addDeploy,
    addOperations,
    addRollouts,
    addBursts,
    addHistory,
    addSimulate,
    addLocal,
  ];
  for (const add of commands) add(program, context);
  return program;
};

/** Runs one command line. Never rejects: what went wrong is told, and the exit code says so. */
export const runProgram = async (context: Context, args: readonly string[]): Promise<void> => {
  try {
    await createProgram(context).parseAsync([...args], { from: 'user' });
  } catch (error) {
    // Commander has told already what it has to tell.
    if (error instanceof CommanderError) return context.exit(error.exitCode === 0 ? 0 : 2);
    context.progress(notDeployed(error, context) ?? said(error));
    context.exit(error instanceof NotAccepted ? 2 : 1);
  }
};

/** What AWS answers where there is no cluster, table or state machine of Spillway: in ECS, DynamoDB and Step Functions. */
const missing = ['ClusterNotFoundException', 'ResourceNotFoundException', 'StateMachineDoesNotExist'];

const notDeployed = (error: unknown, context: Context): string | undefined => {
  const answer = error instanceof NotDeployed ? error.message : missing.includes(nameOf(error)) && said(error);
  return answer
    ? `Spillway is not deployed in ${context.connection().to}: see docs/install.md. (${answer})`
    : undefined;
};

const said = (error: unknown): string => {
  if (error instanceof InvalidConfiguration || error instanceof NotAccepted) return error.message;
  const { name, message, code, cause } = error as Error & { readonly code?: string };
  // `fetch` keeps why it failed in the cause.
  if (
    [code, (cause as { readonly code?: string } | undefined)?.code].includes('ECONNREFUSED') ||
    /ECONNREFUSED/.test(message)
  )
    return "Nothing answers at the endpoint: start the local cloud with 'npm start', or set AWS_ENDPOINT_URL, or AWS_PROFILE for an account.";
  return `${name}: ${message}`;
};
