import { z } from 'zod';
import { raisedAlarms } from '../adapters/cloudwatch.ts';
import { type ClusterClient, countCalls, describeTwins } from '../adapters/ecs.ts';
import { readTemplate } from '../adapters/parameters.ts';
import { readControl } from '../adapters/records.ts';
import { readDepths } from '../adapters/sqs.ts';
import { changeItem, rolloutKey } from '../adapters/table.ts';
import {
  deriveTaskDefinition,
  probePlanOf,
  readBlueprint,
  registerTaskDefinition,
} from '../adapters/task-definition.ts';
import { ExpectedFailure, nameOf } from '../core/errors.ts';
import { type Plan, planRollout } from '../core/rollout-plan.ts';
import {
  type Baseline,
  type Failure,
  type ProbePlan,
  type Resting,
  Rollout,
  type RolloutRecord,
} from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({ rollout: Rollout });

export type RegisterReleaseOutput =
  | ({ readonly kind: 'planned'; readonly baseline: Baseline; readonly ecsCalls: number } & Plan)
  | { readonly kind: 'failed'; readonly failure: Failure; readonly ecsCalls: number };

export const create = (
  deps: Dependencies<'ecs' | 'dynamodb' | 'ssm' | 'sqs' | 'cloudwatch'>,
): WrappedHandler<RegisterReleaseOutput> => {
  const env = readEnvironment(deps.env, 'register-release', [
    'TABLE_NAME',
    'CLUSTER_NAME',
    'TEMPLATES_PARAMETER_PREFIX',
  ]);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };
  const templates = { client: deps.clients.ssm, prefix: env.TEMPLATES_PARAMETER_PREFIX };

  const change = async (rollout: Rollout, edit: (record: RolloutRecord) => RolloutRecord): Promise<RolloutRecord> => {
    const record = await changeItem<RolloutRecord>(table, rolloutKey(rollout), (old) => old && edit(old));
    if (!record) throw new ExpectedFailure('UnexpectedAnswer', `Rollout ${rollout.rolloutId} has no record.`);
    return record;
  };

  /** Where the twins are now; undefined when one of them does not exist. */
  const observe = async (
    ecs: ClusterClient,
    rollout: Rollout,
  ): Promise<Readonly<Record<string, Resting>> | { readonly missing: string }> => {
    const observed = await describeTwins(
      ecs,
      rollout.twins.map(({ twin }) => twin),
    );
    const before: Record<string, Resting> = {};
    for (const { twin } of rollout.twins) {
      const found = observed.get(twin);
      if (!found?.active || !found.primary) return { missing: twin };
      before[twin] = {
        taskDefinition: found.primary.taskDefinition,
        desiredCount: found.desiredCount,
        launch: found.launch,
      };
    }
    return before;
  };

  const register = async (
    ecs: ClusterClient,
    rollout: Rollout,
    twin: string,
    running: string,
  ): Promise<{ readonly taskDefinition: string; readonly probe: ProbePlan | undefined } | Failure> => {
    // Not the newest revision of the template's family: a stack update that was rolled back leaves its own there.
    const template = await readTemplate(templates, twin);
    const blueprint = await readBlueprint(ecs, template ?? running);
    const region = running.split(':')[3] ?? '';
    const request = deriveTaskDefinition(blueprint, twin, {
      service: rollout.service,
      repository: rollout.repository,
      digest: rollout.digest,
      registry: `${rollout.registryId}.dkr.ecr.${region}.amazonaws.com`,
    });
    if (!request) {
      return {
        kind: 'refused',
        cause: 'task-definition-unfit',
        reason: `No container of the task definition of ${twin} can be told to be ${rollout.service}: give one that name.`,
      };
    }
    try {
      return { taskDefinition: await registerTaskDefinition(ecs, request), probe: probePlanOf(request, rollout) };
    } catch (error) {
      if (!['ClientException', 'InvalidParameterException'].includes(nameOf(error))) throw error;
      return {
        kind: 'refused',
        cause: 'task-definition-unfit',
        reason: `ECS did not accept the task definition of ${twin}: ${(error as Error).message}`,
      };
    }
  };

  /** How alarms and dead-letter queues stand before the first write. */
  const observeBaseline = async ({ alarms, deadLetterQueues }: Rollout): Promise<Baseline> => ({
    raised: await raisedAlarms(deps.clients.cloudwatch, alarms),
    deadLetters: await readDepths(deps.clients.sqs, deadLetterQueues),
  });

  const run = async ({ rollout }: z.infer<typeof Input>): Promise<RegisterReleaseOutput> => {
    const ecs = countCalls({ client: deps.clients.ecs, cluster: env.CLUSTER_NAME });
    const control = await readControl(table, rollout.service);
    if (control.rollout?.rolloutId !== rollout.rolloutId || control.fence !== rollout.fence) {
      throw new ExpectedFailure(
        'FenceLost',
        `${rollout.service} is held by ${control.rollout?.rolloutId ?? 'nobody'} now.`,
      );
    }
    // What an earlier attempt of this state has found and registered stands: a second look might see the twins moved.
    let record = await change(rollout, (old) => old);
    if (!record.before) {
      const before = await observe(ecs, rollout);
      if ('missing' in before && typeof before.missing === 'string') {
        const reason = `The ECS service ${before.missing} does not exist in the cluster ${env.CLUSTER_NAME}. Nothing was changed.`;
        return {
          kind: 'failed',
          failure: { kind: 'refused', cause: 'service-missing', reason },
          ecsCalls: ecs.calls(),
        };
      }
      const baseline = await observeBaseline(rollout);
      record = await change(rollout, (old) => ({
        before: before as Readonly<Record<string, Resting>>,
        baseline,
        ...old,
      }));
    }
    for (const { twin } of rollout.twins) {
      if (record.taskDefinitions?.[twin]) continue;
      const registered = await register(ecs, rollout, twin, record.before?.[twin]?.taskDefinition ?? '');
      if ('kind' in registered) return { kind: 'failed', failure: registered, ecsCalls: ecs.calls() };
      const { taskDefinition, probe } = registered;
      record = await change(rollout, (old) => ({
        ...old,
        taskDefinitions: { [twin]: taskDefinition, ...old.taskDefinitions },
        ...(probe && { probes: { [twin]: probe, ...old.probes } }),
      }));
    }
    const plan = planRollout({
      twins: rollout.twins,
      before: record.before ?? {},
      taskDefinitions: record.taskDefinitions ?? {},
      probes: record.probes ?? {},
      release: control.release,
      unsettled: control.unsettled,
    });
    const { raised = [], deadLetters = {} } = record.baseline ?? {};
    return { kind: 'planned', ...plan, baseline: { raised, deadLetters }, ecsCalls: ecs.calls() };
  };

  return wrapHandler({
    folder: 'register-release',
    env: deps.env,
    input: Input,
    run,
    summary: ({ rollout }, output) => ({ service: rollout.service, rollout: rollout.rolloutId, ...output }),
  });
};
