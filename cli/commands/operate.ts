import type { Command } from 'commander';
import { allServices } from '../../functions/core/requests.ts';
import { type Context, checkService, NotAccepted } from '../context.ts';
import { start } from '../executions.ts';
import { tellEnd, type WaitOptions, waitOptions } from '../tell-end.ts';

type Input = Readonly<Record<string, unknown>>;
interface GateOptions extends WaitOptions {
  readonly reason?: string;
  readonly all?: boolean;
}

interface BurstOptions extends GateOptions {
  readonly tasks?: string;
  readonly for?: string;
}

/** What a person asks for through `spillway-operate`: the same input as from the Step Functions console. */
export const addOperations = (program: Command, context: Context): void => {
  const run = async (service: string, options: WaitOptions, input: Input): Promise<void> => {
    const configuration = await context.configuration();
    if (service !== allServices) checkService(configuration, service);
    const actor = options.actor ?? context.actor;
    const executionArn = await start(context.connection(), 'operate', { ...input, service, actor });
    await tellEnd(context, { configuration, service, executionArn, options });
  };
  const because = ({ reason }: GateOptions): Input => (reason === undefined ? {} : { reason });
  const withReason = (command: Command): Command =>
    waitOptions(command.option('--reason <text>', 'why, for whoever meets it'));

  waitOptions(
    program
      .command('rollback')
      .description(
        'go back to the proved release before the current one, or, while another image is being rolled out or waits for its turn, to the current one; what is left is held',
      )
      .argument('<service>', 'one of spillway.config.ts'),
  ).action((service: string, options: WaitOptions) => run(service, options, { action: 'rollback' }));

  waitOptions(
    program
      .command('restart')
      .description('roll the current release out again, on the newest template')
      .argument('<service>', 'one of spillway.config.ts'),
  ).action((service: string, options: WaitOptions) => run(service, options, { action: 'restart' }));

  waitOptions(
    program
      .command('scale')
      .description('set the desired count of one twin')
      .argument('<service>', 'one of spillway.config.ts')
      .argument('<capacity>', 'external or fargate')
      .argument('<tasks>', 'a whole number, up to maxTasks of the capacity'),
  ).action((service: string, capacity: string, tasks: string, options: WaitOptions) => {
    if (!/^\d{1,5}$/.test(tasks)) throw new NotAccepted(`'${tasks}' is no number of tasks. Accepted: a whole number.`);
    if (!['external', 'fargate'].includes(capacity))
      throw new NotAccepted(`There is no capacity '${capacity}'. Accepted: external, fargate.`);
    return run(service, options, { action: 'scale', capacity, tasks: Number(tasks) });
  });

  for (const action of ['freeze', 'unfreeze'] as const) {
    withReason(
      program
        .command(action)
        .description(action === 'freeze' ? 'refuse every rollout until it is ended' : 'end a freeze')
        .argument('[service]', 'one of spillway.config.ts')
        .option('--all', 'all services'),
    ).action((service: string | undefined, options: GateOptions) => {
      if ((service === undefined) !== (options.all === true))
        throw new NotAccepted(`Say what to ${action}: a service or --all.`);
      return run(service ?? allServices, options, { action, ...because(options) });
    });
  }

  for (const action of ['hold', 'release'] as const) {
    withReason(
      program
        .command(action)
        .description(
          action === 'hold'
            ? 'refuse rollouts of one image until it is released'
            : 'let a held image be rolled out again',
        )
        .argument('<service>', 'one of spillway.config.ts')
        .argument(
          '<image>',
          `a tag, a digest (sha256:…)${action === 'release' ? ', the short one that status tells,' : ''} or a full reference`,
        ),
    ).action((service: string, image: string, options: GateOptions) =>
      run(service, options, { action, image, ...because(options) }),
    );
  }

  const seconds = (given: string | undefined): Input => {
    if (given === undefined) return {};
    if (!/^\d{1,5}$/.test(given) || Number(given) < 1 || Number(given) > 86_400)
      throw new NotAccepted(`'${given}' is no number of seconds. Accepted: 1 to 86400.`);
    return { for: Number(given) };
  };
  waitOptions(
    program
      .command('burst')
      .description('lend a service Fargate tasks now, as many as its queue needs, and take them back when it is calm')
      .argument('<service>', 'one of spillway.config.ts')
      .option('--tasks <count>', 'so many Fargate tasks, whatever the queue needs; up to fargate.maxTasks')
      .option('--for <seconds>', 'take them back after so many seconds, 1 to 86400'),
  ).action((service: string, options: BurstOptions) => {
    if (options.tasks !== undefined && !/^[1-9]\d{0,4}$/.test(options.tasks))
      throw new NotAccepted(`'${options.tasks}' is no number of tasks. Accepted: a whole number, at least 1.`);
    return run(service, options, {
      action: 'burst',
      ...(options.tasks !== undefined && { tasks: Number(options.tasks) }),
      ...seconds(options.for),
    });
  });

  withReason(
    program
      .command('recall')
      .description('end the burst of a service at its next look; for five minutes no signal starts another')
      .argument('<service>', 'one of spillway.config.ts')
      .option('--for <seconds>', 'for how long no signal starts a burst, 1 to 86400; also when there is none now'),
  ).action((service: string, options: BurstOptions) =>
    run(service, options, { action: 'recall', ...seconds(options.for), ...because(options) }),
  );

  for (const action of ['approve', 'deny'] as const) {
    withReason(
      program
        .command(action)
        .description(
          action === 'approve'
            ? 'let the rollouts go on that wait for an approval, or the approval action of the pipeline'
            : 'refuse the rollouts that wait for an approval, or reject the approval action of the pipeline',
        )
        .argument('<service>', 'one of spillway.config.ts')
        .option('--rollout <id>', 'only this one'),
    ).action((service: string, options: GateOptions & { readonly rollout?: string }) =>
      run(service, options, {
        action,
        ...(options.rollout !== undefined && { rollout: options.rollout }),
        ...because(options),
      }),
    );
  }
};
