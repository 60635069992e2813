import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { raisedAlarms } from '../adapters/cloudwatch.ts';
import {
  type ClusterClient,
  countCalls,
  type DescribedTwin,
  describeMachines,
  describeTwins,
  findMachines,
} from '../adapters/ecs.ts';
import { readFit } from '../adapters/external-fit.ts';
import { appendHistory } from '../adapters/history.ts';
import { readTemplate } from '../adapters/parameters.ts';
import { newestRollouts, readControl } from '../adapters/records.ts';
import { readDepths } from '../adapters/sqs.ts';
import { changeItem, countKey, readItem, rolloutKey } from '../adapters/table.ts';
import {
  deriveTaskDefinition,
  probePlanOf,
  readBlueprint,
  readKnownTemplate,
  readTemplateOnce,
  registerTaskDefinition,
  taskNeedOf,
} from '../adapters/task-definition.ts';
import { type CountsSet, mayBeLate } from '../core/counts-set.ts';
import { ExpectedFailure, nameOf } from '../core/errors.ts';
import { checkFence } from '../core/fence.ts';
import { registryHosts } from '../core/image-reference.ts';
import type { FitJudgement, ObservedMachine, TaskNeed } from '../core/judge-fit.ts';
import { judgeSite } from '../core/judge-site.ts';
import { judgeStart } from '../core/judge-start.ts';
import { lateReadMs } from '../core/late-read.ts';
import { goesBackToWhereSeen, isFirstRelease, type Plan, planRollout } from '../core/rollout-plan.ts';
import { registeredLine } from '../core/rollout-story.ts';
import {
  type Baseline,
  type Control,
  type Failure,
  type ProbePlan,
  type Resting,
  Rollout,
  type RolloutRecord,
  type TwinPlan,
} from '../core/state.ts';
import { lastProved } from '../core/take-lease.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/**
 * A service that ECS does not show may have been made a moment ago: what `DescribeServices` answers can lag behind
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html, eventual consistency). A start that is
 * older than this is not waited for.
 */
const missingForMs = 60_000;

const Input = z.object({
  rollout: Rollout,
  /** Whether machines that do not answer were waited for already. */
  waited: z.boolean(),
  /** ARNs of those that were waited for, so that nobody has to ask for them again. */
  machines: z.array(z.string()).readonly().default([]),
});

export type RegisterReleaseOutput =
  | ({
      readonly kind: 'planned';
      readonly baseline: Baseline;
      /** Twins that are not moved, since their site is away. */
      readonly deferred: readonly string[];
      readonly ecsCalls: number;
    } & Plan)
  /** No machine of the site answers, or none that has room: a flap of its agents passes in this time. */
  | {
      readonly kind: 'wait';
      readonly waitSeconds: number;
      readonly machines: readonly string[];
      readonly ecsCalls: number;
    }
  /** Nothing is to be moved forward, only back. */
  | ({ readonly kind: 'take-back'; readonly failure: Failure; readonly ecsCalls: number } & Plan)
  /** `steps`: what has to go back although nothing was moved. */
  | ({ readonly kind: 'failed'; readonly failure: Failure; readonly ecsCalls: number } & Partial<Plan>);

interface Observed {
  readonly before: Readonly<Record<string, Resting>>;
  readonly observed: ReadonlyMap<string, DescribedTwin>;
}

/** What a twin's release is made from. */
interface Derived {
  readonly request: RegisterTaskDefinitionCommandInput;
  readonly template: string | undefined;
  /** What a task that runs now takes, where that is known without asking ECS. */
  readonly old?: TaskNeed;
}

interface Site {
  /** Twins that are to run tasks there. */
  readonly external: readonly string[];
  readonly machines: readonly ObservedMachine[];
  readonly arns: readonly string[];
}

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
    current: control.release,
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
    'REGISTRY',
  ]);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };
  const templates = { client: deps.clients.ssm, prefix: env.TEMPLATES_PARAMETER_PREFIX };
  const hosts = registryHosts(env.REGISTRY, deps.env.AWS_ENDPOINT_URL);

  const change = async (rollout: Rollout, edit: (record: RolloutRecord) => RolloutRecord): Promise<RolloutRecord> => {
    const record = await changeItem<RolloutRecord>(table, rolloutKey(rollout), (old) => old && edit(old));
    if (!record) throw new ExpectedFailure('UnexpectedAnswer', `Rollout ${rollout.rolloutId} has no record.`);
    return record;
  };

  /** Before a twin is moved: whoever goes on with this rollout, should its execution die, walks these steps back. */
  const rememberPlan = async (rollout: Rollout, steps: Plan['steps']): Promise<void> => {
    await change(rollout, (old) => ({ ...old, plan: { steps } }));
  };

  /** Where the twins are now; undefined when one of them does not exist. */
  const observe = async (
    ecs: ClusterClient,
    rollout: Rollout,
    control: Control,
  ): Promise<Observed | { readonly refused: Failure }> => {
    const observed = await describeTwins(
      ecs,
      rollout.twins.map(({ twin }) => twin),
    );
    const before: Record<string, Resting> = {};
    for (const plan of rollout.twins) {
      const { twin } = plan;
      const found = observed.get(twin);
      if (!found?.active || !found.primary) {
        const reason = `The ECS service ${twin} does not exist in the cluster ${env.CLUSTER_NAME}.`;
        if (deps.clock.now() - Date.parse(rollout.startedAt) < missingForMs) {
          throw new ExpectedFailure('NotSettled', reason);
        }
        return { refused: { kind: 'refused', cause: 'service-missing', reason } };
      }
      const place = found.primary.taskDefinition;
      const admitted = Date.parse(rollout.deadlineAt) - 1_000 * rollout.deadlineSeconds;
      if (
        deps.clock.now() - admitted < lateReadMs &&
        goesBackToWhereSeen(twin, control) &&
        (await newestRollouts(table, rollout.service, 5)).some(
          ({ rolloutId, taskDefinitions }) => rolloutId !== rollout.rolloutId && taskDefinitions?.[twin] === place,
        )
      ) {
        throw new ExpectedFailure('NotSettled', `ECS shows ${twin} on ${place}, from where a rollout took it back.`);
      }
      // The release is proved at the count that stands now: a late one would be told as somebody else's doing in the end.
      const set = (await readItem<CountsSet>(table, countKey(twin)))?.item;
      if (mayBeLate(set, found.desiredCount, deps.clock.now())) {
        throw new ExpectedFailure('NotSettled', `ECS shows a desired count of ${twin} that was replaced a moment ago.`);
      }
      before[twin] = {
        taskDefinition: found.primary.taskDefinition,
        desiredCount: found.desiredCount,
        launch: found.launch,
      };
    }
    for (const twin of observed.values()) {
      const obstacle = judgeStart(twin);
      if (obstacle) return { refused: { kind: 'refused', ...obstacle } };
    }
    return { before, observed };
  };

  /** What a twin is to run: a revision that is there already, or the request that registers one. */
  const derive = async (
    ecs: ClusterClient,
    rollout: Rollout,
    { twin, family }: TwinPlan,
    running: string,
    { release, unsettled }: Control,
  ): Promise<Registered | Derived | Failure> => {
    // Not the newest revision of the template's family: a stack update that was rolled back leaves its own there.
    const template = await readTemplate(templates, twin);
    // A refresh leaves a twin alone whose template is still the same: it is on its revision already, or comes back to it.
    const known = release?.taskDefinitions[twin];
    // Of an adopted one somebody else may have moved all but the image meanwhile: that is theirs, and gets the release.
    const theirs = family !== undefined && running !== known && !unsettled?.taskDefinitions.includes(running);
    if (rollout.goal === 'refresh' && !rollout.force && known && !theirs && release.templates?.[twin] === template) {
      return { taskDefinition: known, template, probe: release.probes?.[twin] };
    }
    const lastKnown = await readKnownTemplate(table, twin);
    const blueprint = template
      ? await readTemplateOnce(ecs, table, twin, template, lastKnown)
      : await readBlueprint(ecs, running, family !== undefined);
    const request = deriveTaskDefinition(blueprint, family ?? twin, {
      service: rollout.service,
      repository: rollout.repository,
      digest: rollout.digest,
      hosts,
    });
    // What runs was made from that one, and takes as much of a machine.
    const isOfKnown = running === known && lastKnown !== undefined && release?.templates?.[twin] === lastKnown.template;
    if (request) return { request, template, ...(isOfKnown && { old: taskNeedOf(lastKnown.blueprint) }) };
    return {
      kind: 'refused',
      cause: 'task-definition-unfit',
      reason: `No container of the task definition of ${twin} can be told to be ${rollout.service}: give one that name.`,
    };
  };

  /**
   * The machines under the twin that is to run tasks on premises; nothing is asked where there is none.
   * @param known those that are asked about; left out, all that there are.
   */
  const lookAtSite = async (
    ecs: ClusterClient,
    { twins }: Rollout,
    { before, observed }: Observed,
    known: readonly string[] = [],
  ): Promise<Site> => {
    const external = twins.filter(({ twin, capacity, baseTasks }) => {
      const resting = before[twin];
      if (capacity !== 'external' || !resting) return false;
      return (isFirstRelease(twin, resting) ? baseTasks : resting.desiredCount) > 0;
    });
    const twin = observed.get(external[0]?.twin ?? '');
    const arns = !twin || known.length > 0 ? known : await findMachines(ecs, twin);
    const machines = twin && arns.length > 0 ? await describeMachines(ecs, arns) : [];
    return { external: external.map((each) => each.twin), machines, arns };
  };

  /** Why a release has no room on the machines, by what is connected and free there now. */
  const findNoFit = async (
    ecs: ClusterClient,
    rollout: Rollout,
    { observed }: Observed,
    { external, machines }: Site,
    derived: ReadonlyMap<string, Derived | Registered>,
  ): Promise<Extract<FitJudgement, { kind: 'no-fit' }> | undefined> => {
    for (const plan of rollout.twins) {
      const twin = observed.get(plan.twin);
      const next = derived.get(plan.twin);
      if (!external.includes(plan.twin) || !twin || !next || !('request' in next)) continue;
      const task = taskNeedOf(next.request);
      // Of an adopted twin the release is made from what runs, and takes just as much.
      const old = next.template === undefined ? task : next.old;
      const fit = await readFit(ecs, { plan, observed: twin, task, old, machines });
      if (fit.kind === 'no-fit') return fit;
    }
    return undefined;
  };

  const register = async (
    ecs: ClusterClient,
    rollout: Rollout,
    twin: string,
    { request, template }: Derived,
  ): Promise<Registered | Failure> => {
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

  const run = async ({ rollout, waited, machines }: z.infer<typeof Input>): Promise<RegisterReleaseOutput> => {
    const ecs = countCalls({ client: deps.clients.ecs, cluster: env.CLUSTER_NAME });
    const control = await readControl(table, rollout.service);
    checkFence(control, rollout);
    /** Where rollouts of the past left twins half done, a refusal takes them back all the same; not while a site is away. */
    const refuse = async (failure: Failure): Promise<RegisterReleaseOutput> => {
      const backwards: Partial<Plan> =
        control.unsettled && !control.unsettled.awaitsSite
          ? { ...planWayBack(rollout, control), backFrom: 'all' as const }
          : {};
      if (backwards.steps) await rememberPlan(rollout, backwards.steps);
      return { kind: 'failed', failure, ecsCalls: ecs.calls(), ...backwards };
    };
    if (rollout.goal === 'take-back') {
      const reason = `Rollouts of ${rollout.service} had left its twins half done`;
      const { steps } = planWayBack(rollout, control);
      await rememberPlan(rollout, steps);
      return { kind: 'take-back', failure: { kind: 'left-behind', reason }, steps, backFrom: 'all', ecsCalls: 0 };
    }
    // What an earlier attempt of this state has found and registered stands: a second look might see the twins moved.
    let record = await change(rollout, (old) => old);
    const found = record.before ? undefined : await observe(ecs, rollout, control);
    if (found && isRefused(found)) return refuse(found.refused);
    let site: Site = found ? await lookAtSite(ecs, rollout, found, machines) : { external: [], machines: [], arns: [] };
    // Another machine may have come meanwhile.
    const mayBeMore = found && machines.length > 0;
    if (mayBeMore && !site.machines.some(({ connected }) => connected)) site = await lookAtSite(ecs, rollout, found);
    const { service, lostAfterSeconds, mixedReleasesSafe } = rollout;
    const twins = rollout.twins.map(({ twin }) => twin);
    const judged = judgeSite({ service, twins, ...site, waited, lostAfterSeconds, mixedReleasesSafe });
    if (judged.kind === 'wait') return { ...judged, machines: site.arns, ecsCalls: ecs.calls() };
    if (judged.kind === 'refused') return refuse(judged);
    const deferred = record.deferred ?? (judged.kind === 'deferred' ? judged.twins : []);
    const before = record.before ?? found?.before ?? {};
    const derived = new Map<string, Derived | Registered>();
    for (const plan of rollout.twins) {
      const { twin } = plan;
      if (record.taskDefinitions?.[twin]) continue;
      const made = await derive(ecs, rollout, plan, before[twin]?.taskDefinition ?? '', control);
      if ('kind' in made) return refuse(made);
      derived.set(twin, made);
    }
    if (found) {
      let noFit = await findNoFit(ecs, rollout, found, site, derived);
      if (noFit && mayBeMore)
        noFit = await findNoFit(ecs, rollout, found, await lookAtSite(ecs, rollout, found), derived);
      // Its agent may flap, as all of a site's may.
      if (noFit?.ifBack && !waited)
        return { kind: 'wait', waitSeconds: lostAfterSeconds, machines: site.arns, ecsCalls: ecs.calls() };
      if (noFit) return refuse({ kind: 'refused', cause: noFit.cause, reason: noFit.reason });
      const baseline = await observeBaseline(rollout);
      const behind = deferred.filter((twin) => control.unsettled?.before[twin]);
      record = await change(rollout, (old) => ({ before, baseline, deferred, behind, ...old }));
    }
    for (const [twin, made] of derived) {
      const registered = 'request' in made ? await register(ecs, rollout, twin, made) : made;
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
      twins: rollout.twins.filter(({ twin }) => !deferred.includes(twin)),
      before: record.before ?? {},
      taskDefinitions: record.taskDefinitions ?? {},
      probes: record.probes ?? {},
      release: lastProved(control),
      current: control.release,
      unsettled: control.unsettled,
    });
    await rememberPlan(rollout, plan.steps);
    const { taskDefinitions = {} } = record;
    await appendHistory(table, rollout.service, [
      registeredLine(rollout, { before, taskDefinitions, deferred }, isoNow(deps.clock)),
    ]);
    const { raised = [], deadLetters = {} } = record.baseline ?? {};
    return { kind: 'planned', ...plan, baseline: { raised, deadLetters }, deferred, ecsCalls: ecs.calls() };
  };

  return wrapHandler({
    folder: 'register-release',
    env: deps.env,
    input: Input,
    run,
    summary: ({ rollout }, output) => ({ service: rollout.service, rollout: rollout.rolloutId, ...output }),
  });
};
