import type { Command } from 'commander';
import { readServicesToAdopt } from '../../functions/adapters/adoption.ts';
import {
  type Adopted,
  type Configuration,
  capacitiesOf,
  clusterNameOf,
  serviceName,
  spotShareOf,
} from '../../functions/core/configuration.ts';
import { nameOf } from '../../functions/core/errors.ts';
import { type Adoption, judgeAdoption, type Obstacle } from '../../functions/core/judge-adoption.ts';
import { type Context, NotAccepted } from '../context.ts';
import { table } from '../words.ts';

const marks: Readonly<Record<Obstacle['outcome'], string>> = { refuses: 'NO', warns: 'warning', unseen: 'not seen' };

/** DescribeServices takes ten. */
const namesMax = 10;

const tellObstacles = (obstacles: readonly Obstacle[]): readonly string[] =>
  obstacles.flatMap(({ outcome, field, reason, mend }) => [
    ...table([[marks[outcome], field, reason]], '    '),
    ...table([['', '', mend]], `    ${' '.repeat(marks[outcome].length + field.length)}`),
  ]);

/** What an adoption would mean, as people read it. */
export const tellAdoption = ({
  service,
  cluster,
  twins,
  obstacles,
  adoptable,
  reason,
  configuration,
}: Adoption): string =>
  [
    `${service}, in the cluster ${cluster}`,
    ...twins.flatMap((twin) => [
      '',
      `  ${twin.ecsService}${twin.capacity ? `, its twin on ${twin.capacity}` : ''}`,
      '  Spillway would write',
      ...table(twin.owns.map(({ field, now, written }) => [field, written, now && `now ${now}`])),
      '  and leave as it is',
      ...table(Object.entries(twin.leaves)),
      '  and of its task definition, in each release',
      ...table(Object.entries(twin.leavesOfTask)),
      ...(twin.obstacles.length > 0 ? ['  In the way, or good to know', ...tellObstacles(twin.obstacles)] : []),
    ]),
    ...(obstacles.length > 0 ? ['', '  Of all of them', ...tellObstacles(obstacles)] : []),
    '',
    reason,
    ...(adoptable ? ['', configuration] : []),
  ].join('\n');

const adoptedOf = (configuration: Configuration, service: string): readonly Adopted[] => {
  const settings = configuration.services[service];
  return settings ? capacitiesOf(settings).flatMap((capacity) => settings[capacity]?.adopted ?? []) : [];
};

export const addAdopt = (program: Command, context: Context): void => {
  program
    .command('adopt')
    .description(
      'say what Spillway would own of ECS services that it did not make, what it would leave alone, and what stands in the way; writes nothing. Exit code 2: they cannot be adopted so',
    )
    .argument('<service>', 'what the service is, or is to be, called in spillway.config.ts')
    .argument('[ecs-services...]', 'names of its ECS services (default: those that the configuration adopts)')
    .option('--cluster <name>', 'cluster they are in (default: that of spillway.config.ts)')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Needs ecs:DescribeServices, ecs:DescribeTaskDefinition, ecs:ListTasks and ecs:DescribeTasks, and calls nothing else.
Values of environment variables are not printed.`,
    )
    .action(
      async (
        service: string,
        names: readonly string[],
        options: { readonly cluster?: string; readonly json?: boolean },
      ) => {
        const accepted = serviceName.safeParse(service);
        if (!accepted.success)
          throw new NotAccepted(
            `'${service}' is no name for a service. Accepted: ${accepted.error.issues[0]?.message}.`,
          );
        const configuration = await context.configuration();
        const adopted = adoptedOf(configuration, service);
        const wanted = names.length > 0 ? [...new Set(names)] : adopted.map((each) => each.service);
        if (wanted.length === 0)
          throw new NotAccepted(
            `spillway.config.ts adopts no ECS service as ${service}: name those to look at, as in 'spillway adopt ${service} <ecs-service>'.`,
          );
        if (wanted.length > namesMax)
          throw new NotAccepted(`${wanted.length} ECS services were named. Accepted: at most ${namesMax}.`);
        const settings = configuration.services[service];
        const of = { service, repository: settings?.repository };
        const cluster = options.cluster ?? clusterNameOf(configuration);
        const adoption = judgeAdoption({
          ...of,
          cluster,
          ...(await look(context, cluster, of, wanted)),
          configured: Object.fromEntries(adopted.map((each) => [each.service, each])),
          burst: settings?.burst && { spot: spotShareOf(settings) },
        });
        context.out(options.json ? JSON.stringify(adoption, null, 2) : tellAdoption(adoption));
        context.exit(adoption.adoptable ? 0 : 2);
      },
    );
};

/** In a cluster that there is not, there is no service either. */
const look = async (
  context: Context,
  cluster: string,
  of: Parameters<typeof readServicesToAdopt>[1],
  names: readonly string[],
): ReturnType<typeof readServicesToAdopt> => {
  try {
    return await readServicesToAdopt({ client: context.connection().ecs, cluster }, of, names);
  } catch (error) {
    if (nameOf(error) !== 'ClusterNotFoundException') throw error;
    throw new NotAccepted(`There is no cluster ${cluster} here. --cluster names another one.`);
  }
};
