import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { readHistory } from '../functions/adapters/history.ts';
import { type Configuration, clusterNameOf, controllerTableName, twinNames } from '../functions/core/configuration.ts';
import type { Context } from './context.ts';
import { clockTime, oneLine } from './words.ts';

/**
 * What happens to a service while a command waits for its end: each new line of its history, and how its twins stand
 * whenever that changes. @returns what is called at each look.
 */
export const watchService = async (
  context: Context,
  configuration: Configuration,
  service: string,
): Promise<() => Promise<void>> => {
  const { dynamodb, ecs } = context.connection();
  const table = { client: dynamodb, name: controllerTableName };
  const settings = configuration.services[service];
  const twins = settings ? twinNames(service, settings) : [];
  let told = (await readHistory(table, service)).length;
  let stood = '';
  return async () => {
    const lines = await readHistory(table, service);
    for (const line of lines.slice(told)) context.progress(`  ${clockTime(line.at)}  ${oneLine(line.text)}`);
    told = lines.length;
    if (twins.length === 0) return;
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster: clusterNameOf(configuration), services: [...twins] }),
    );
    const stand = services
      .flatMap(({ serviceName, deployments = [] }) => {
        const primary = deployments.find(({ status }) => status === 'PRIMARY');
        const moving = primary?.rolloutState === 'IN_PROGRESS';
        const { runningCount = 0, desiredCount = 0, failedTasks = 0 } = primary ?? {};
        if (!moving) return [];
        return [
          `${serviceName}: ${runningCount} of ${desiredCount} new tasks run${failedTasks ? `, ${failedTasks} failed` : ''}`,
        ];
      })
      .join('; ');
    if (stand !== '' && stand !== stood)
      context.progress(`  ${clockTime(new Date(context.clock.now()).toISOString())}  ${stand}`);
    stood = stand;
  };
};
