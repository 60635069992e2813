import { Command } from 'commander';
import { InvalidConfiguration } from '../functions/core/configuration.ts';
import { connect } from './connection.ts';
import { printStatus } from './print-status.ts';
import { readStatus } from './read-status.ts';

const program = new Command('spillway')
  .description(
    'Looks at a stretched ECS cluster that Spillway looks after. Uses ordinary AWS configuration: AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE, credentials.',
  )
  .addHelpText(
    'after',
    '\nWithout AWS_ENDPOINT_URL, AWS_PROFILE, AWS_REGION or credentials in the environment it speaks to the local cloud,\nhttp://127.0.0.1:4566; a default profile in ~/.aws is named with AWS_PROFILE=default.\nExit codes: 0 done, 1 the call failed, 2 wrong arguments.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('status')
  .description('twins, releases, rollouts, queues and bursts of every service')
  .argument('[service]', 'only this service')
  .option('--json', 'print one JSON document')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (service: string | undefined, options: { readonly json?: boolean }) => {
    const { default: configuration } = await import('../spillway.config.ts');
    const names = Object.keys(configuration.services);
    if (service !== undefined && !names.includes(service)) {
      console.error(`There is no service '${service}'. Accepted: ${names.join(', ')}.`);
      process.exitCode = 2;
      return;
    }
    const connection = connect(process.env);
    const status = await readStatus(connection, configuration, service);
    console.log(options.json ? JSON.stringify(status, null, 2) : printStatus(status, connection.to));
  });

const said = (error: unknown): string => {
  if (error instanceof InvalidConfiguration) return error.message;
  const { name, message, code } = error as Error & { readonly code?: string };
  if (code === 'ECONNREFUSED' || /ECONNREFUSED/.test(message))
    return "Nothing answers at the endpoint: start the local cloud with 'npm start', or set AWS_ENDPOINT_URL, or AWS_PROFILE for an account.";
  return `${name}: ${message}`;
};

program.parseAsync().catch((error: unknown) => {
  console.error(said(error));
  process.exitCode = 1;
});
