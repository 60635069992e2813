import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { newestBursts, readBurstCurve } from '../../functions/adapters/records.ts';
import { milestonesOf } from '../../functions/core/burst-milestones.ts';
import { controllerTableName, type ServiceConfiguration } from '../../functions/core/configuration.ts';
import type { BurstPoint, BurstRecord } from '../../functions/core/state.ts';
import { burstChart } from '../charts/burst-chart.ts';
import { prepareChart } from '../charts/prepare-chart.ts';
import { type Context, checkService, NotAccepted } from '../context.ts';
import { type BurstAccount, printBurst, printBursts } from '../print-bursts.ts';

/** As far back as a burst is looked for by its id. */
const searched = 400;

interface Options {
  readonly limit: string;
  readonly chart?: string;
  readonly json?: boolean;
}

export const addBursts = (program: Command, context: Context): void => {
  program
    .command('bursts')
    .description('the newest bursts of a service, newest first, or one of them with its ledger')
    .argument('<service>', 'one of spillway.config.ts')
    .argument('[burst]', "id of a burst, or 'newest'")
    .option('--limit <count>', 'how many, 1 to 100', '20')
    .option('--chart <file>', 'of one burst: write queue, capacity and the oldest message over time as SVG')
    .option('--json', 'print one JSON document')
    .action(async (service: string, id: string | undefined, options: Options) => {
      const configuration = await context.configuration();
      checkService(configuration, service);
      const settings = configuration.services[service] as ServiceConfiguration;
      const limit = Number(options.limit);
      if (!/^\d{1,3}$/.test(options.limit) || limit < 1 || limit > 100)
        throw new NotAccepted(`'${options.limit}' is no number of bursts. Accepted: 1 to 100.`);
      if (options.chart !== undefined && id === undefined)
        throw new NotAccepted("A chart is of one burst: name it after the service, or 'newest'.");
      const table = { client: context.connection().dynamodb, name: controllerTableName };
      const bursts = await newestBursts(table, service, id === undefined ? limit : searched);
      if (id === undefined)
        return context.out(options.json ? JSON.stringify(bursts, null, 2) : printBursts(service, settings, bursts));
      const burst =
        id === 'newest'
          ? (bursts.find(({ executionArn }) => executionArn !== '') ?? bursts[0])
          : bursts.find(({ burstId }) => burstId === id);
      if (!burst) {
        const known = bursts.slice(0, 5).map(({ burstId }) => burstId);
        throw new NotAccepted(
          `${service} has no burst '${id}'. ${known.length > 0 ? `The newest are: ${known.join(', ')}.` : 'It never burst.'}`,
        );
      }
      const points = await readBurstCurve(table, burst);
      const account = toAccount(burst, points, settings);
      if (options.chart) {
        prepareChart(options.chart);
        writeFileSync(options.chart, await draw(account, points));
      }
      context.out(options.json ? JSON.stringify({ ...account, points }, null, 2) : printBurst(account, options.chart));
    });
};

/** When what happened is seen in the recorded looks, by the configuration as it is now. */
const toAccount = (burst: BurstRecord, points: readonly BurstPoint[], settings: ServiceConfiguration): BurstAccount => {
  const fargateBase = settings.fargate?.baseTasks ?? 0;
  const objective = settings.burst;
  return {
    burst,
    deadlineSeconds: objective?.deadlineSeconds,
    milestones: milestonesOf(
      {
        startedAt: burst.startedAt,
        // A refusal has no length.
        ...(burst.endedAt !== undefined && burst.executionArn !== '' && { endedAt: burst.endedAt }),
      },
      points,
      { deadlineSeconds: objective?.deadlineSeconds ?? 0, fargateBase },
    ),
  };
};

const draw = (
  { burst, milestones, deadlineSeconds = 0 }: BurstAccount,
  points: readonly BurstPoint[],
): Promise<string> =>
  burstChart(
    `${burst.service}: burst of ${burst.startedAt.slice(0, 19).replace('T', ' ')} UTC`,
    `${burst.burstId}: ${burst.verdict ? `${burst.verdict} (${burst.cause})` : 'running'}, peak ${burst.memory.peakFargateTasks} Fargate tasks`,
    points.map(([atMs, , waiting, oldestSeconds, externalTasks, , fargateTasks]) => ({
      seconds: Math.round((atMs - Date.parse(burst.startedAt)) / 1_000),
      waiting,
      externalTasks,
      fargateTasks,
      longestWaitSeconds: oldestSeconds,
    })),
    deadlineSeconds,
    {
      marks: milestones.map(({ kind, seconds }) => ({ seconds, text: kind })),
      waitTitle: 'oldest message, s',
    },
  );
