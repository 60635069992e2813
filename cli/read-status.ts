import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { gateWaits } from '../functions/adapters/gate-waits.ts';
import {
  newestBursts,
  newestReleases,
  newestRollouts,
  readControl,
  readFreezeOfAll,
} from '../functions/adapters/records.ts';
import { executionRuns } from '../functions/adapters/sfn.ts';
import { readDepth } from '../functions/adapters/sqs.ts';
import { containerOf } from '../functions/adapters/task-definition.ts';
import {
  type Capacity,
  type Configuration,
  capacitiesOf,
  clusterNameOf,
  controllerTableName,
  deadLetterQueueName,
  repositoryOf,
  type ServiceConfiguration,
  twinName,
} from '../functions/core/configuration.ts';
import { describeWindow, windowState } from '../functions/core/deployment-window.ts';
import type { BurstRecord, Control, Mark, Release, RolloutRecord } from '../functions/core/state.ts';
import type { Connection } from './connection.ts';

export interface TwinStatus {
  readonly twin: string;
  readonly capacity: Capacity;
  readonly exists: boolean;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** Digest in the task definition; undefined for a twin without a release. */
  readonly digest: string | undefined;
  /** `COMPLETED`, `IN_PROGRESS` or `FAILED`, of the newest ECS deployment. */
  readonly deployment: string | undefined;
}

/** What keeps a service, or one image of it, from being rolled out. */
export type Block =
  | ({ readonly kind: 'frozen'; readonly services: 'all' | 'this' } & Mark)
  | ({ readonly kind: 'held'; readonly digest: string } & Mark)
  /** A start waits at this gate: for a person's word, or for the scan of its image. */
  | {
      readonly kind: 'waits';
      readonly for: 'approval' | 'scan';
      readonly rolloutId: string;
      readonly image: string;
      readonly digest: string;
      readonly by: string;
      readonly at: string;
    }
  | { readonly kind: 'outside-window'; readonly windows: readonly string[]; readonly opensAt: string }
  | { readonly kind: 'needs-a-person' };

export interface ServiceStatus {
  readonly service: string;
  readonly blocks: readonly Block[];
  readonly twins: readonly TwinStatus[];
  /** True when twins at rest run different releases. */
  readonly mixture: boolean;
  readonly release: Release | undefined;
  readonly releases: readonly Release[];
  /** Execution that rolls out now. */
  readonly rollingOut:
    | { readonly digest: string; readonly executionArn: string; readonly startedAt: string }
    | undefined;
  readonly rollouts: readonly RolloutRecord[];
  readonly queue:
    | { readonly name: string; readonly visible: number; readonly inFlight: number; readonly dead: number }
    | undefined;
  readonly bursting: { readonly executionArn: string; readonly startedAt: string } | undefined;
  readonly bursts: readonly BurstRecord[];
}

export interface Status {
  readonly cluster: string;
  readonly services: readonly ServiceStatus[];
}

const historyLength = 5;

/** Reads everything that `spillway status` shows; writes nothing. @throws the SDK's errors. */
export const readStatus = async (
  connection: Connection,
  configuration: Configuration,
  nowMs: number,
  only?: string,
): Promise<Status> => {
  const cluster = clusterNameOf(configuration);
  const names = Object.keys(configuration.services).filter((name) => only === undefined || name === only);
  return {
    cluster,
    services: await Promise.all(names.map((name) => readService(connection, configuration, cluster, name, nowMs))),
  };
};

const readService = async (
  connection: Connection,
  configuration: Configuration,
  cluster: string,
  service: string,
  nowMs: number,
): Promise<ServiceStatus> => {
  const settings = configuration.services[service];
  if (!settings) throw new Error(`spillway.config.ts has no service ${service}`);
  const table = { client: connection.dynamodb, name: controllerTableName };
  const [twins, control, rollouts, releases, bursts, queue] = await Promise.all([
    readTwins(connection.ecs, cluster, service, settings),
    readControl(table, service),
    newestRollouts(table, service, historyLength),
    newestReleases(table, service, historyLength),
    settings.burst ? newestBursts(table, service, historyLength) : [],
    settings.burst ? readQueue(connection, settings.burst.queue) : undefined,
  ]);
  const digests = new Set(twins.map((twin) => twin.digest));
  return {
    service,
    blocks: await readBlocks(connection, service, settings, control, nowMs),
    twins,
    mixture: digests.size > 1 && control.rollout === undefined,
    release: control.release,
    releases,
    rollingOut: control.rollout && {
      digest: control.rollout.digest,
      executionArn: control.rollout.executionArn,
      startedAt: control.rollout.startedAt,
    },
    rollouts,
    queue,
    bursting: control.burst && { executionArn: control.burst.executionArn, startedAt: control.burst.startedAt },
    bursts,
  };
};

const readBlocks = async (
  connection: Connection,
  service: string,
  { rollout }: ServiceConfiguration,
  control: Control,
  nowMs: number,
): Promise<readonly Block[]> => {
  const table = { client: connection.dynamodb, name: controllerTableName };
  const freezeOfAll = await readFreezeOfAll(table);
  const window = windowState(rollout.windows, nowMs);
  const holds = Object.entries(control.holds ?? {}).toSorted(([, a], [, b]) => Date.parse(b.at) - Date.parse(a.at));
  const waits: Extract<Block, { kind: 'waits' }>[] = [];
  for (const gate of ['approval', 'scan'] as const) {
    for (const { candidate } of await gateWaits(table, gate, service)) {
      const { rolloutId, executionArn, startedAt: at, image, digest, actor, trigger } = candidate;
      // One that was stopped while it waited leaves its item behind.
      if (await executionRuns(connection.sfn, executionArn, at, nowMs))
        waits.push({ kind: 'waits', for: gate, rolloutId, image, digest, by: actor || trigger.kind, at });
    }
  }
  return [
    ...(control.unsettled?.needsPerson ? [{ kind: 'needs-a-person' as const }] : []),
    ...(freezeOfAll ? [{ kind: 'frozen' as const, services: 'all' as const, ...freezeOfAll }] : []),
    ...(control.freeze ? [{ kind: 'frozen' as const, services: 'this' as const, ...control.freeze }] : []),
    ...(window.kind === 'closed'
      ? [
          {
            kind: 'outside-window' as const,
            windows: rollout.windows.map(describeWindow),
            opensAt: new Date(window.opensAtMs).toISOString(),
          },
        ]
      : []),
    ...waits.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)),
    ...holds.map(([digest, hold]) => ({ kind: 'held' as const, digest, ...hold })),
  ];
};

const readQueue = async (connection: Connection, name: string): Promise<NonNullable<ServiceStatus['queue']>> => {
  const [depth, dead] = await Promise.all([
    readDepth(connection.sqs, name),
    readDepth(connection.sqs, deadLetterQueueName(name)),
  ]);
  return { name, ...depth, dead: dead.visible };
};

const readTwins = async (
  ecs: Connection['ecs'],
  cluster: string,
  service: string,
  settings: ServiceConfiguration,
): Promise<readonly TwinStatus[]> => {
  const capacities = capacitiesOf(settings);
  const names = capacities.map((capacity) => twinName(service, capacity, settings));
  const repository = repositoryOf(service, settings);
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: names }));
  return Promise.all(
    capacities.map(async (capacity) => {
      const twin = twinName(service, capacity, settings);
      const found = services.find((one) => one.serviceName === twin && one.status === 'ACTIVE');
      const { taskDefinition } = found?.taskDefinition
        ? await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: found.taskDefinition }))
        : { taskDefinition: undefined };
      const primary = found?.deployments?.find((deployment) => deployment.status === 'PRIMARY');
      return {
        twin,
        capacity,
        exists: found !== undefined,
        desired: found?.desiredCount ?? 0,
        running: found?.runningCount ?? 0,
        pending: found?.pendingCount ?? 0,
        digest: digestOf(taskDefinition && containerOf(taskDefinition, { service, repository })),
        deployment: primary?.rolloutState,
      };
    }),
  );
};

/** The digest that a container is pinned to; undefined for one that is not, or none. */
const digestOf = (container: { readonly image?: string | undefined } | undefined): string | undefined =>
  /@(sha256:[0-9a-f]{64})$/.exec(container?.image ?? '')?.[1];
