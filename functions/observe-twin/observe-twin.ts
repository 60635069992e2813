import { z } from 'zod';
import { failureOf, taskId } from '../adapters/ecs.ts';
import { noteFailures, readWait, watchTwin } from '../adapters/twin-wait.ts';
import { tooManyFailures } from '../core/judge-twin.ts';
import { newsOf } from '../core/observe-event.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** The two kinds of events of ECS: about a task, and about a service. Only the fields that are read. */
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
const Input = z.discriminatedUnion('detail-type', [TaskEvent, ServiceEvent]);
type Input = z.infer<typeof Input>;

export interface ObserveTwinOutput {
  /** `nothing` when nobody waits for what the event is about. */
  readonly kind: string;
  readonly twin?: string;
}

/** Ends the wait for a twin when an event of ECS says that there is something to see. */
export const create = (deps: Dependencies<'ecs' | 'dynamodb' | 'sfn'>): WrappedHandler<ObserveTwinOutput> => {
  const env = readEnvironment(deps.env, 'observe-twin', ['TABLE_NAME', 'CLUSTER_NAME']);
  const clients = {
    table: { client: deps.clients.dynamodb, name: env.TABLE_NAME },
    ecs: { client: deps.clients.ecs, cluster: env.CLUSTER_NAME },
    sfn: deps.clients.sfn,
  };
  const nothing: ObserveTwinOutput = { kind: 'nothing' };

  const taskStopped = async ({ detail }: z.infer<typeof TaskEvent>): Promise<ObserveTwinOutput> => {
    const twin = /^service:(.+)$/.exec(detail.group ?? '')?.[1];
    if (!twin || detail.lastStatus !== 'STOPPED' || !inCluster(detail.clusterArn, env.CLUSTER_NAME)) return nothing;
    const failure = failureOf({
      stopCode: detail.stopCode ?? '',
      stoppedReason: detail.stoppedReason ?? '',
      containers: detail.containers,
    });
    if (!failure || !detail.startedBy) return nothing;
    const wait = await readWait(clients.table, twin);
    // Tasks of the old release stop in every rollout, and that is no news.
    if (wait?.limits.deployment.id !== detail.startedBy) return nothing;
    const noted = await noteFailures(clients.table, twin, detail.startedBy, { [taskId(detail.taskArn)]: failure });
    if (noted?.limits.deployment.id !== detail.startedBy) return nothing;
    if (!tooManyFailures(Object.values(noted.failures), noted.limits)) return { kind: 'noted', twin };
    return { kind: (await watchTwin(clients, noted, deps.clock.now(), false)).kind, twin };
  };

  const serviceChanged = async ({ resources, detail }: z.infer<typeof ServiceEvent>): Promise<ObserveTwinOutput> => {
    const [, cluster, twin] = /service\/([^/]+)\/([^/]+)$/.exec(resources[0] ?? '') ?? [];
    const news = newsOf(detail.eventName, detail.deploymentId);
    if (!twin || cluster !== env.CLUSTER_NAME || news.kind === 'nothing') return nothing;
    const wait = await readWait(clients.table, twin);
    if (!wait) return nothing;
    if (news.kind === 'deployment-began' && news.deploymentId === wait.limits.deployment.id) return nothing;
    return { kind: (await watchTwin(clients, wait, deps.clock.now(), false)).kind, twin };
  };

  return wrapHandler({
    folder: 'observe-twin',
    env: deps.env,
    input: Input,
    run: (event: Input) =>
      event['detail-type'] === 'ECS Task State Change' ? taskStopped(event) : serviceChanged(event),
    summary: (event, output) => ({ event: event['detail-type'], ...output }),
  });
};

const inCluster = (clusterArn: string, cluster: string): boolean => clusterArn.endsWith(`/${cluster}`);
