import type { Command } from 'commander';
import { type Context, checkService } from '../context.ts';
import { printStatus } from '../print-status.ts';
import { readStatus } from '../read-status.ts';

export const addStatus = (program: Command, context: Context): void => {
  program
    .command('status')
    .description(
      'twins, releases, rollouts, queues and bursts of every service, and what keeps it from being rolled out',
    )
    .argument('[service]', 'only this service')
    .option('--json', 'print one JSON document')
    .action(async (service: string | undefined, options: { readonly json?: boolean }) => {
      const configuration = await context.configuration();
      if (service !== undefined) checkService(configuration, service);
      const connection = context.connection();
      const status = await readStatus(connection, configuration, context.clock.now(), service);
      context.out(options.json ? JSON.stringify(status, null, 2) : printStatus(status, connection.to, context.columns));
    });
};
