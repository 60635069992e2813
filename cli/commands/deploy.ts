import type { Command } from 'commander';
import { type Context, checkService } from '../context.ts';
import { start } from '../executions.ts';
import { tellEnd, type WaitOptions, waitOptions } from '../tell-end.ts';

export const addDeploy = (program: Command, context: Context): void => {
  waitOptions(
    program
      .command('deploy')
      .description('roll an image out on every twin of a service, and wait for the verdict')
      .argument('<service>', 'one of spillway.config.ts')
      .argument('<image>', 'a tag, a digest (sha256:…) or a full reference')
      .option('--force', 'also when the service is on this image already: a restart'),
  ).action(async (service: string, image: string, options: WaitOptions & { readonly force?: boolean }) => {
    const configuration = await context.configuration();
    checkService(configuration, service);
    const executionArn = await start(context.connection(), 'rollout', {
      service,
      image,
      actor: options.actor ?? context.actor,
      ...(options.force && { force: true }),
    });
    await tellEnd(context, { configuration, service, executionArn, options });
  });
};
