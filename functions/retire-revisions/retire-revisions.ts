import { z } from 'zod';
import { readService } from '../adapters/parameters.ts';
import { readControl } from '../adapters/records.ts';
import { activeRevisions, deregisterTaskDefinition } from '../adapters/task-definition.ts';
import { retiredRevisions } from '../core/retire-revisions.ts';
import { plannedTwins } from '../core/rollout-plan.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** The controller's own event of a rollout that succeeded; only the fields that are read. */
const Input = z.object({ detail: z.object({ service: z.string().min(1) }) });

export interface RetireRevisionsOutput {
  readonly service: string;
  readonly retired: readonly string[];
}

/**
 * ECS takes one registration or deregistration a second, 20 at once (service quotas, task definition modify), and
 * rollouts of all services share that: what is left over here, the next rollout of the service sees to.
 */
const atOnceMax = 5;

/** Deregisters the oldest revisions of a service's twins when a rollout of it has completed. */
export const create = (deps: Dependencies<'dynamodb' | 'ecs' | 'ssm'>): WrappedHandler<RetireRevisionsOutput> => {
  const env = readEnvironment(deps.env, 'retire-revisions', ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX']);
  const { clients } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };
  const settings = { client: clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };

  return wrapHandler({
    folder: 'retire-revisions',
    env: deps.env,
    input: Input,
    run: async ({ detail: { service } }) => {
      const configuration = await readService(settings, service);
      const retired: string[] = [];
      for (const { twin, family } of configuration ? plannedTwins(service, configuration) : []) {
        const revisions = await activeRevisions(clients.ecs, family ?? twin);
        const keep = configuration?.rollout.keepRevisions ?? revisions.length;
        // Read after the revisions: one that was registered meanwhile is not among them.
        const control = await readControl(table, service);
        retired.push(...retiredRevisions(control, twin, revisions, keep));
      }
      // The oldest first, should there be more than can be done at once.
      const now = retired.toReversed().slice(0, atOnceMax);
      for (const revision of now) await deregisterTaskDefinition(clients.ecs, revision);
      return { service, retired: now };
    },
    summary: (_event, output) => ({ ...output }),
  });
};
