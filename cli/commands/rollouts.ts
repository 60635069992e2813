import type { Command } from 'commander';
import { newestRollouts } from '../../functions/adapters/records.ts';
import { controllerTableName } from '../../functions/core/configuration.ts';
import { type Context, checkService, NotAccepted } from '../context.ts';
import { dateTime, fitting, shortHex, table } from '../words.ts';

export const addRollouts = (program: Command, context: Context): void => {
  program
    .command('rollouts')
    .description('the newest rollouts of a service, newest first, each with its verdict')
    .argument('<service>', 'one of spillway.config.ts')
    .option('--limit <count>', 'how many, 1 to 100', '20')
    .option('--json', 'print one JSON document')
    .action(async (service: string, options: { readonly limit: string; readonly json?: boolean }) => {
      checkService(await context.configuration(), service);
      const limit = Number(options.limit);
      if (!/^\d{1,3}$/.test(options.limit) || limit < 1 || limit > 100)
        throw new NotAccepted(`'${options.limit}' is no number of rollouts. Accepted: 1 to 100.`);
      const rollouts = await newestRollouts(
        { client: context.connection().dynamodb, name: controllerTableName },
        service,
        limit,
      );
      if (options.json) return context.out(JSON.stringify(rollouts, null, 2));
      if (rollouts.length === 0) return context.out(`${service} has no rollout yet.`);
      context.out(
        table(
          [
            ['started', 'image', 'verdict', 'by', 'rollout', 'reason'],
            ...rollouts.map((rollout) => [
              dateTime(rollout.startedAt),
              // An image that was asked for by its digest is told by the short one alone, so that the lines stay readable.
              `${rollout.image.split('@')[0] || '-'} ${rollout.digest ? shortHex(rollout.digest) : ''}`.trim(),
              rollout.verdict ? `${rollout.verdict} (${rollout.cause})` : 'running',
              rollout.actor || rollout.trigger.kind,
              rollout.rolloutId,
              rollout.reason ?? '',
            ]),
          ],
          '',
        )
          .map((line) => fitting(line, context.columns))
          .join('\n'),
      );
    });
};
