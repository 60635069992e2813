import { z } from 'zod';
import { failureOf, taskId } from '../adapters/ecs.ts';
import {
  concludeWatch,
  isProbing,
  limitsOf,
  lookAtTwin,
  noteFailures,
  noteNews,
  readWatch,
  type Seen,
  type Watch,
} from '../adapters/watch.ts';
import { overStatuses, probeStartedBy, serviceOfTwin } from '../core/configuration.ts';
import { judgeStopped, probeFailure } from '../core/judge-probe.ts';
import { judgeFailures } from '../core/judge-twin.ts';
import { newsOf } from '../core/observe-event.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { namesIn, readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** Events of ECS about a task and about a service, and an alarm of a service. Only the fields that are read. */
const TaskEvent = z.object({
  'detail-type': z.literal('ECS Task State Change'),
  detail: z.object({
    taskArn: z.string(),
    clusterArn: z.string(),
    group: z.string().optional(),
    startedBy: z.string().optional(),
    lastStatus: z.string(),
    stopCode: z.string().optional(),
    stoppedReason: z.string().optional(),
    containers: z
      .array(z.object({ name: z.string().optional(), exitCode: z.number().optional(), reason: z.string().optional() }))
      .default([]),
  }),
});
const ServiceEvent = z.object({
  'detail-type': z.enum(['ECS Deployment State Change', 'ECS Service Action']),
  resources: z.array(z.string()).min(1),
  detail: z.object({ eventName: z.string(), deploymentId: z.string().optional() }),
});
/** Made by the rule, which knows whose alarm it is. */
const AlarmEvent = z.object({
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  service: z.string(),
  alarmName: z.string(),
  reason: z.string(),
});
const Input = z.discriminatedUnion('detail-type', [TaskEvent, ServiceEvent, AlarmEvent]);
type Input = z.infer<typeof Input>;

export interface ObserveTwinOutput {
  /** `nothing` when nobody waits for what the event is about. */
  readonly kind: string;
  readonly twin?: string;
}

/** Ends the wait of a rollout when an event says that there is something to see. */
export const create = (deps: Dependencies<'ecs' | 'dynamodb' | 'sfn'>): WrappedHandler<ObserveTwinOutput> => {
  const env = readEnvironment(deps.env, 'observe-twin', ['TABLE_NAME', 'CLUSTER_NAME', 'ADOPTED_TWINS']);
  const adopted = namesIn(env.ADOPTED_TWINS);
  const clients = {
    table: { client: deps.clients.dynamodb, name: env.TABLE_NAME },
    ecs: { client: deps.clients.ecs, cluster: env.CLUSTER_NAME },
    sfn: deps.clients.sfn,
  };
  const seen = (source = 'event of ECS'): Seen => ({ atMs: deps.clock.now(), source });
  const nothing: ObserveTwinOutput = { kind: 'nothing' };

  const taskChanged = async (event: z.infer<typeof TaskEvent>): Promise<ObserveTwinOutput> => {
    const { detail } = event;
    if (!inCluster(detail.clusterArn, env.CLUSTER_NAME)) return nothing;
    if (detail.startedBy === probeStartedBy) return probeChanged(event);
    const twin = /^service:(.+)$/.exec(detail.group ?? '')?.[1];
    if (!twin || !isOver(detail.lastStatus)) return nothing;
    const failure = failureIn(event);
    const service = serviceOfTwin(twin, adopted);
    if (!failure || !detail.startedBy) return nothing;
    const watch = await readWatch(clients.table, service);
    // Tasks of the old release stop in every rollout, and that is no news.
    if (watch?.twins[twin]?.deployment.id !== detail.startedBy) return nothing;
    const failures = { [taskId(detail.taskArn)]: failure };
    const noted = await noteFailures(clients.table, service, twin, detail.startedBy, failures);
    const watched = noted?.twins[twin];
    if (!noted || watched?.deployment.id !== detail.startedBy) return nothing;
    const judgement = judgeFailures(twin, Object.values(noted.failures[twin] ?? {}), limitsOf(noted, watched));
    if (!judgement) return { kind: 'noted', twin };
    await concludeWatch(clients, noted, judgement, seen());
    return { kind: judgement.kind, twin };
  };

  const probeChanged = async (event: z.infer<typeof TaskEvent>): Promise<ObserveTwinOutput> => {
    const { detail } = event;
    const twin = /^probe:(.+)$/.exec(detail.group ?? '')?.[1] ?? '';
    const watch = await readWatch(clients.table, serviceOfTwin(twin, adopted));
    if (!watch || !isProbing(watch) || watch.probe?.taskArn !== detail.taskArn) return nothing;
    // Nobody waits for it any more: it is the rollout that stops it.
    if (watch.probe.judged !== undefined) return nothing;
    if (isOver(detail.lastStatus)) {
      const stopped = { failure: failureIn(event), stoppedReason: detail.stoppedReason ?? '' };
      const { cause, reason } = judgeStopped(stopped);
      const failure = probeFailure(watch.twin, cause, `The probe of ${twin} stopped: ${reason}`);
      await concludeWatch(clients, watch, { kind: 'failed', failure }, seen());
      return { kind: 'failed', twin };
    }
    if (detail.lastStatus !== 'RUNNING' || watch.phase !== 'probe') return nothing;
    await concludeWatch(clients, watch, { kind: 'done', reason: `The probe of ${twin} runs` }, seen());
    return { kind: 'done', twin };
  };

  const serviceChanged = async ({ resources, detail }: z.infer<typeof ServiceEvent>): Promise<ObserveTwinOutput> => {
    const [, cluster, twin] = /service\/([^/]+)\/([^/]+)$/.exec(resources[0] ?? '') ?? [];
    const news = newsOf(detail.eventName, detail.deploymentId);
    if (!twin || cluster !== env.CLUSTER_NAME || news.kind === 'nothing') return nothing;
    const service = serviceOfTwin(twin, adopted);
    const isOurs = (watch: Watch | undefined): boolean =>
      watch?.twins[twin]?.deployment.id === ('deploymentId' in news ? news.deploymentId : undefined);
    let watch = await readWatch(clients.table, service);
    if ((news.kind === 'completed' || news.kind === 'trouble') && news.deploymentId !== undefined && !isOurs(watch)) {
      // The wait for it may be about to begin: it reads the news after its token is stored.
      await noteNews(clients.table, twin, { deploymentId: news.deploymentId, kind: news.kind });
      watch = await readWatch(clients.table, service);
    }
    if (!watch?.twins[twin]) return nothing;
    if (news.kind === 'completed') {
      if (!isOurs(watch) || watch.twin !== twin || isProbing(watch)) return nothing;
      const reason = `ECS told that the deployment of ${twin} completed`;
      await concludeWatch(clients, watch, { kind: 'done', reason }, seen());
      return { kind: 'done', twin };
    }
    if (news.kind === 'deployment-began' && isOurs(watch)) return nothing;
    return { kind: (await lookAtTwin(clients, watch, twin, deps.clock.now(), false)).kind, twin };
  };

  const alarmRose = async ({ service, alarmName, reason }: z.infer<typeof AlarmEvent>): Promise<ObserveTwinOutput> => {
    const watch = await readWatch(clients.table, service);
    if (!watch || watch.phase === 'back') return nothing;
    const sentence = `The alarm ${alarmName} rose during the rollout: ${reason}`;
    const failure = { kind: 'watched', cause: 'alarm', reason: sentence } as const;
    await concludeWatch(clients, watch, { kind: 'failed', failure }, seen('event of CloudWatch'));
    return { kind: 'failed' };
  };

  return wrapHandler({
    folder: 'observe-twin',
    env: deps.env,
    input: Input,
    run: (event: Input) => {
      switch (event['detail-type']) {
        case 'ECS Task State Change':
          return taskChanged(event);
        case 'CloudWatch Alarm State Change':
          return alarmRose(event);
        default:
          return serviceChanged(event);
      }
    },
    summary: (event, output) => ({ event: event['detail-type'], ...output }),
  });
};

const isOver = (lastStatus: string): boolean => overStatuses.some((status) => status === lastStatus);

const failureIn = ({ detail }: z.infer<typeof TaskEvent>) =>
  failureOf({
    stopCode: detail.stopCode ?? '',
    stoppedReason: detail.stoppedReason ?? '',
    containers: detail.containers,
  });

const inCluster = (clusterArn: string, cluster: string): boolean => clusterArn.endsWith(`/${cluster}`);
