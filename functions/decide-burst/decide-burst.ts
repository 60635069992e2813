import { z } from 'zod';
import { readFargateVcpuQuota, readFreeAddresses } from '../adapters/account-limits.ts';
import { type DescribedTwin, describeTwins, readExternalRoom, readSpotTasks } from '../adapters/ecs.ts';
import { readLoadReports } from '../adapters/load-reports.ts';
import { readService } from '../adapters/parameters.ts';
import { readControl } from '../adapters/records.ts';
import { readDepth } from '../adapters/sqs.ts';
import { burstKey, changeItem, curveKey } from '../adapters/table.ts';
import { asksAgain, toAccountCaps, type Unread, unreadSentence } from '../core/account-caps.ts';
import { spotTaskHourUsd, taskHourUsd } from '../core/aws-prices.ts';
import { deadLetterQueueName, type ServiceConfiguration, spotShareOf, twinName } from '../core/configuration.ts';
import { type BurstDecision, decideBurst } from '../core/decide-burst.ts';
import { ExpectedFailure, nameOf } from '../core/errors.ts';
import type { BurstLimits, FargateCaps, ObservedBurst, ObservedCapacity } from '../core/observed-burst.ts';
import { recalledBecause } from '../core/recall-burst.ts';
import { splitTasks, strategySentence } from '../core/spot-share.ts';
import {
  type AccountCaps,
  Burst,
  type BurstCurve,
  BurstMemory,
  type BurstPoint,
  type BurstRecord,
  type CountMove,
  type End,
  Execution,
} from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({ execution: Execution, burst: Burst, memory: BurstMemory });
type Input = z.infer<typeof Input>;

export interface DecideBurstOutput {
  readonly action: 'act' | 'rest' | 'hand-over' | 'end' | 'leave';
  readonly moves: readonly CountMove[];
  readonly reason: string;
  readonly memory: BurstMemory;
  /** What a person should know. */
  readonly alarm?: BurstDecision['alarm'];
  /** With `end`. */
  readonly ending?: { readonly cause: string; readonly reason: string };
  /** With `leave`. */
  readonly end?: End & { readonly service: string; readonly burstId: string };
}

export const create = (
  deps: Dependencies<'ssm' | 'sqs' | 'ecs' | 'ec2' | 'serviceQuotas' | 'dynamodb'>,
): WrappedHandler<DecideBurstOutput> => {
  const env = readEnvironment(deps.env, 'decide-burst', [
    'TABLE_NAME',
    'LOAD_REPORTS_TABLE_NAME',
    'CLUSTER_NAME',
    'SERVICE_NAMES',
    'SERVICES_PARAMETER_PREFIX',
  ]);
  const { clients, clock } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };
  const reports = { client: clients.dynamodb, name: env.LOAD_REPORTS_TABLE_NAME };
  const ecs = { client: clients.ecs, cluster: env.CLUSTER_NAME };
  const parameters = { client: clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };

  /** vCPUs of the Fargate tasks that the other services have, or are to have. */
  const readOtherVcpus = async (service: string): Promise<{ readonly onDemand: number; readonly spot: number }> => {
    const vcpus = { onDemand: 0, spot: 0 };
    for (const other of env.SERVICE_NAMES.split(',').filter((name) => name !== service)) {
      const configuration = await readService(parameters, other);
      if (!configuration?.fargate) continue;
      for (const twin of (await describeTwins(ecs, [twinName(other, 'fargate', configuration)])).values()) {
        const tasks = Math.max(twin.desiredCount, twin.runningCount + twin.pendingCount);
        const { onDemand, spot } = splitTasks(spotShareOf(configuration), tasks);
        vcpus.onDemand += (onDemand * configuration.cpuUnits) / 1_024;
        vcpus.spot += (spot * configuration.cpuUnits) / 1_024;
      }
    }
    return vcpus;
  };

  const readAccountCaps = async (
    service: string,
    twin: DescribedTwin,
    configuration: ServiceConfiguration,
    known: AccountCaps | undefined,
  ): Promise<AccountCaps> => {
    const share = spotShareOf(configuration);
    const [quotaVcpus, spotQuotaVcpus, otherVcpus, freeAddresses] = await Promise.all([
      readFargateVcpuQuota(clients.serviceQuotas, 'onDemand').catch(unread),
      share && readFargateVcpuQuota(clients.serviceQuotas, 'spot').catch(unread),
      readOtherVcpus(service).catch(unread),
      readFreeAddresses(clients.ec2, twin).catch(unread),
    ]);
    const tasks = twin.runningCount + twin.pendingCount;
    return toAccountCaps(
      {
        quotaVcpus,
        otherVcpus,
        freeAddresses,
        ...(share && spotQuotaVcpus !== undefined && { spot: { share, quotaVcpus: spotQuotaVcpus } }),
      },
      { tasks, cpuUnits: configuration.cpuUnits },
      known,
      clock.now(),
    );
  };

  const observe = async (
    service: string,
    configuration: ServiceConfiguration,
    queue: string,
    { accountCaps: known, spot: onSpot }: BurstMemory,
  ): Promise<{
    readonly observed: ObservedBurst;
    readonly accountCaps: AccountCaps;
    readonly fargateTwin: DescribedTwin;
  }> => {
    const names = {
      external: twinName(service, 'external', configuration),
      fargate: twinName(service, 'fargate', configuration),
    };
    const [depth, deadLetters, load, twins] = await Promise.all([
      readDepth(clients.sqs, queue),
      readDepth(clients.sqs, deadLetterQueueName(queue)),
      readLoadReports(reports, service, clock.now()),
      describeTwins(ecs, [names.external, names.fargate]),
    ]);
    const external = toCapacity(twinIn(twins, names.external));
    const fargateTwin = twinIn(twins, names.fargate);
    const fargate = toCapacity(fargateTwin);
    const most = configuration.external?.maxTasks ?? configuration.external?.baseTasks ?? 0;
    // Asked only while it can matter: two calls for each look of a long burst would be spent on nothing.
    const externalRoom = external.running < most ? await readExternalRoom(ecs, configuration) : undefined;
    const accountCaps =
      known && !asksAgain(known, fargate.desired, clock.now())
        ? known
        : await readAccountCaps(service, fargateTwin, configuration, known);
    // Tasks at rest run on demand, so a twin at its base has none; ECS may tell late that AWS took some back before.
    const beyondBase =
      Math.max(fargate.desired, fargate.running + fargate.pending) > (configuration.fargate?.baseTasks ?? 0);
    const asksSpot = spotShareOf(configuration) !== undefined && (beyondBase || onSpot !== undefined);
    const spot = asksSpot ? await readSpotTasks(ecs, names.fargate) : undefined;
    const observed = {
      ...depth,
      external,
      fargate: { ...fargate, spot },
      externalRoom,
      ...load,
      deadLetters: deadLetters.visible,
    };
    return { observed, accountCaps, fargateTwin };
  };

  const run = async ({ execution, burst, memory }: Input): Promise<DecideBurstOutput> => {
    const { service, burstId } = burst;
    const control = await readControl(table, service);
    if (control.burst?.burstId !== burstId || control.burst.executionArn !== execution.arn) {
      const reason = `${control.burst?.executionArn ?? 'Nobody'} holds the burst of ${service} now.`;
      const end = endOf('burst', 'superseded', 'lease-lost', reason);
      return { action: 'leave', moves: [], reason, memory, end: { ...end, service, burstId } };
    }
    const configuration = await readService(parameters, service);
    const { burst: settings, external, fargate } = configuration ?? {};
    if (!configuration || !settings || !external || !fargate) {
      throw new ExpectedFailure('UnexpectedAnswer', `${service} does not burst any more by its configuration.`);
    }
    const { observed, accountCaps, fargateTwin } = await observe(service, configuration, settings.queue, memory);
    const decision = decideBurst(
      observed,
      memory,
      {
        deadlineSeconds: settings.deadlineSeconds,
        workSecondsPerMessage: settings.workSecondsPerMessage,
        messagesPerTask: settings.messagesPerTask,
        lateShareMax: settings.lateShareMax,
        startSeconds: settings.startSeconds,
        lookSeconds: settings.lookSeconds,
        calmLooks: settings.calmLooks,
        externalBase: external.baseTasks,
        externalMax: external.maxTasks ?? external.baseTasks,
        fargateBase: fargate.baseTasks,
        fargateMaximumPercent: fargateTwin.percents.maximumPercent,
        fargateCaps: capsOf(configuration, accountCaps),
        ...budgetOf(settings),
        fargateHourlyUsd: taskHourUsd(configuration),
        spotHourlyUsd: spotTaskHourUsd(configuration, settings.spotDiscount),
        ...(burst.tasks !== undefined && { fixedTasks: burst.tasks }),
        ...(control.burst.recalled && { recalled: recalledBecause(control.burst.recalled) }),
        ...(burst.untilMs !== undefined && { untilMs: burst.untilMs }),
      },
      clock.now(),
    );
    const { twin, strategy, publicAddresses } = fargateTwin;
    // Told once, when the first Fargate tasks are asked for.
    const asksFirst = memory.fargateStarts === 0 && memory.asked.length === 0 && decision.memory.asked.length > 0;
    const mismatch = asksFirst ? strategySentence(twin, spotShareOf(configuration), strategy) : '';
    const reason = `${decision.reason}${unreadSentence(accountCaps)}${mismatch}`;
    const remembered = { ...decision.memory, accountCaps, ...(publicAddresses && { publicAddresses }) };
    await changeItem<BurstRecord>(
      table,
      burstKey(burst),
      (old) => old && { ...old, executionArn: execution.arn, memory: remembered, decided: reason },
    );
    const part = Math.floor((decision.memory.looksInAll - 1) / looksPerPart);
    await changeItem<BurstCurve>(table, curveKey(burst, part), (old) => withPoint(old, decision.point));
    return {
      action: decision.action,
      moves: decision.moves,
      reason,
      memory: remembered,
      ...(decision.alarm && { alarm: decision.alarm }),
      ...(decision.cause && { ending: { cause: decision.cause, reason: decision.reason } }),
    };
  };

  return wrapHandler({
    folder: 'decide-burst',
    env: deps.env,
    input: Input,
    run,
    summary: ({ burst }, { action, moves, reason }) => ({ burst: burst.burstId, action, moves, reason }),
  });
};

/** Looks in one item of a burst's curve: at most 12 KB, which the last look of a part reads and writes. */
const looksPerPart = 180;

/** A look that is repeated after a crash stands there already, or is a few seconds older than the one before. */
const withPoint = (curve: BurstCurve | undefined, point: BurstPoint): BurstCurve => ({
  points: [...(curve?.points ?? []).filter(([atMs]) => atMs < point[0]), point],
});

const capsOf = ({ fargate }: ServiceConfiguration, { vcpuQuota, subnetAddresses }: AccountCaps): FargateCaps => ({
  configuration: fargate?.maxTasks ?? fargate?.baseTasks ?? 0,
  ...(vcpuQuota !== undefined && { vcpuQuota }),
  ...(subnetAddresses !== undefined && { subnetAddresses }),
});

const budgetOf = ({
  budget: { hourlyUsd, dailyUsd },
}: NonNullable<ServiceConfiguration['burst']>): Pick<BurstLimits, 'hourlyUsdMax' | 'dailyUsdMax'> => ({
  ...(hourlyUsd !== undefined && { hourlyUsdMax: hourlyUsd }),
  ...(dailyUsd !== undefined && { dailyUsdMax: dailyUsd }),
});

const twinIn = (twins: ReadonlyMap<string, DescribedTwin>, name: string): DescribedTwin => {
  const found = twins.get(name);
  if (!found) throw new ExpectedFailure('UnexpectedAnswer', `The ECS service ${name} does not exist.`);
  return found;
};

const toCapacity = (observed: DescribedTwin): ObservedCapacity => ({
  twin: observed.twin,
  desired: observed.desiredCount,
  running: observed.runningCount,
  pending: observed.pendingCount,
  refused: observed.placementFailure,
  starts: observed.starts,
  stops: observed.stops,
  deploymentMs: observed.primary?.createdAtMs,
  taskDefinition: observed.primary?.taskDefinition,
});

/** A burst goes on without what bounds it only beside the configuration: ECS will refuse what does not fit. */
const unread = (error: unknown): Unread => ({ error: nameOf(error) });
