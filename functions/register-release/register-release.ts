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
import { isStuck } from '../core/configuration.ts';
import { ExpectedFailure, nameOf } from '../core/errors.ts';
import { type Plan, planRollout } from '../core/rollout-plan.ts';
import {
  type Baseline,
  type Control,
  type Failure,
  type ProbePlan,
  type Release,
  type Resting,
  Rollout,
  type RolloutRecord,
} from '../core/state.ts';
import { lastProved } from '../core/take-lease.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/**
 * A service that ECS does not show may have been made a moment ago: what `DescribeServices` answers can lag behind
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html, eventual consistency). A start that is
 * older than this is not waited for.
 */
const missingForMs = 60_000;

const Input = z.object({ rollout: Rollout });

export type RegisterReleaseOutput =
  | ({ readonly kind: 'planned'; readonly baseline: Baseline; readonly ecsCalls: number } & Plan)
  /** Nothing is to be moved forward, only back. */
  | ({ readonly kind: 'take-back'; readonly failure: Failure; readonly ecsCalls: number } & Plan)
  /** `steps`: what has to go back although nothing was moved. */
  | ({ readonly kind: 'failed'; readonly failure: Failure; readonly ecsCalls: number } & Partial<Plan>);

interface Registered {
  readonly taskDefinition: string;
  readonly template: string | undefined;
  readonly probe: ProbePlan | undefined;
}

const isRefused = (before: object): before is { readonly refused: Failure } => 'refused' in before;

/** The way back alone: from wherever the twins stand, to the last proved release. */
const planWayBack = (rollout: Rollout, control: Control): Plan => {
  const release = lastProved(control);
  const before = control.unsettled?.before ?? {};
  const twins = rollout.twins.filter(({ twin }) => before[twin]);
  const places = twins.map(({ twin }) => [twin, release?.taskDefinitions[twin] ?? before[twin]?.taskDefinition ?? '']);
  return planRollout({
    twins,
    before,
    taskDefinitions: Object.fromEntries(places),
    probes: {},
    release,
    unsettled: control.unsettled,
  });
};

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
  ): Promise<Readonly<Record<string, Resting>> | { readonly refused: Failure }> => {
    const observed = await describeTwins(
      ecs,
      rollout.twins.map(({ twin }) => twin),
    );
    const before: Record<string, Resting> = {};
    for (const { twin } of rollout.twins) {
      const found = observed.get(twin);
      if (!found?.active || !found.primary) {
        const reason = `The ECS service ${twin} does not exist in the cluster ${env.CLUSTER_NAME}. Nothing was changed.`;
        if (deps.clock.now() - Date.parse(rollout.startedAt) < missingForMs) {
          throw new ExpectedFailure('NotSettled', reason);
        }
        return { refused: { kind: 'refused', cause: 'service-missing', reason } };
      }
      before[twin] = {
        taskDefinition: found.primary.taskDefinition,
        desiredCount: found.desiredCount,
        launch: found.launch,
      };
    }
    const stuck = rollout.twins
      .map(({ twin }) => observed.get(twin))
      .find((twin) => twin && isStuck(twin.desiredCount, twin.percents));
    if (stuck && rollout.goal !== 'take-back') {
      const { minimumHealthyPercent: least, maximumPercent: most } = stuck.percents;
      return {
        refused: {
          kind: 'refused',
          cause: 'percents-deadlock',
          reason: `At its count of ${stuck.desiredCount} ECS could neither stop nor start a task of ${stuck.twin}: ${least} % must stay healthy and ${most} % may run, which both are ${stuck.desiredCount}. Nothing was changed.`,
        },
      };
    }
    return before;
  };

  const register = async (
    ecs: ClusterClient,
    rollout: Rollout,
    twin: string,
    running: string,
    release: Release | undefined,
  ): Promise<Registered | Failure> => {
    // Not the newest revision of the template's family: a stack update that was rolled back leaves its own there.
    const template = await readTemplate(templates, twin);
    // A refresh leaves a twin alone whose template is still the same: it is on its revision already, or comes back to it.
    const known = release?.taskDefinitions[twin];
    if (rollout.goal === 'refresh' && !rollout.force && known && release.templates?.[twin] === template) {
      return { taskDefinition: known, template, probe: release.probes?.[twin] };
    }
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
      const taskDefinition = await registerTaskDefinition(ecs, request);
      return { taskDefinition, template, probe: probePlanOf(request, rollout) };
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
    /** Where rollouts of the past left twins half done, a refusal takes them back all the same. */
    const refuse = (failure: Failure): RegisterReleaseOutput => {
      const backwards = control.unsettled ? { ...planWayBack(rollout, control), backFrom: 'all' as const } : {};
      return { kind: 'failed', failure, ecsCalls: ecs.calls(), ...backwards };
    };
    if (rollout.goal === 'take-back') {
      const reason = `Rollouts of ${rollout.service} had left its twins half done`;
      const { steps } = planWayBack(rollout, control);
      return { kind: 'take-back', failure: { kind: 'left-behind', reason }, steps, backFrom: 'all', ecsCalls: 0 };
    }
    // What an earlier attempt of this state has found and registered stands: a second look might see the twins moved.
    let record = await change(rollout, (old) => old);
    if (!record.before) {
      const before = await observe(ecs, rollout);
      if (isRefused(before)) return refuse(before.refused);
      const baseline = await observeBaseline(rollout);
      record = await change(rollout, (old) => ({
        before,
        baseline,
        ...old,
      }));
    }
    for (const { twin } of rollout.twins) {
      if (record.taskDefinitions?.[twin]) continue;
      const running = record.before?.[twin]?.taskDefinition ?? '';
      const registered = await register(ecs, rollout, twin, running, control.release);
      if ('kind' in registered) return refuse(registered);
      const { taskDefinition, template, probe } = registered;
      record = await change(rollout, (old) => ({
        ...old,
        taskDefinitions: { [twin]: taskDefinition, ...old.taskDefinitions },
        ...(template !== undefined && { templates: { [twin]: template, ...old.templates } }),
        ...(probe && { probes: { [twin]: probe, ...old.probes } }),
      }));
    }
    const plan = planRollout({
      twins: rollout.twins,
      before: record.before ?? {},
      taskDefinitions: record.taskDefinitions ?? {},
      probes: record.probes ?? {},
      release: lastProved(control),
      unsettled: control.unsettled,
    });
    await change(rollout, (old) => ({ ...old, plan: { steps: plan.steps } }));
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
