import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { resolveImage } from '../adapters/ecr.ts';
import { readScan } from '../adapters/ecr-scan.ts';
import { type DescribedTwin, describeTwins, readMachines } from '../adapters/ecs.ts';
import { readFit } from '../adapters/external-fit.ts';
import { readService, readTemplate } from '../adapters/parameters.ts';
import { newestRollouts, readControl, readFreezeOfAll, wasProved } from '../adapters/records.ts';
import { lookAtReferenced, sharedPartsOf } from '../adapters/referenced.ts';
import { deriveTaskDefinition, readBlueprint, taskNeedOf, withoutRegistration } from '../adapters/task-definition.ts';
import { repositoryOf, type ServiceConfiguration, twinNames } from '../core/configuration.ts';
import { ExpectedFailure } from '../core/errors.ts';
import { namedImage, registryHosts } from '../core/image-reference.ts';
import { judgeGates, passesGatesAnyway } from '../core/judge-gates.ts';
import { judgeScan } from '../core/judge-scan.ts';
import { judgeSite } from '../core/judge-site.ts';
import { judgeStart } from '../core/judge-start.ts';
import {
  type Check,
  concludePlan,
  diffFields,
  estimateRollout,
  judgeParity,
  judgeStopTimeout,
  type ReleasePlan,
  type TwinDiff,
  tookSeconds,
} from '../core/release-plan.ts';
import { isFirstRelease, plannedTwins } from '../core/rollout-plan.ts';
import type { Control, TwinPlan } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({ service: z.string().min(1), image: z.string().min(1) });

/** The output of the execution. It succeeds also where a rollout would not start: that is what was asked. */
export type PlanRolloutOutput = ReleasePlan & { readonly verdict: 'completed'; readonly cause: 'planned' };

/** Rollouts that are looked through for how long one takes. */
const rolloutsRead = 20;

interface Image {
  readonly digest: string;
  /** What is scanned: of an index its child for the platform. */
  readonly scanned: string;
  readonly registryId: string;
  readonly tag: string | undefined;
}

/** Says what a rollout would do and meet. Its role allows no call that writes. */
export const create = (
  deps: Dependencies<'dynamodb' | 'ecr' | 'ecs' | 'iam' | 'logs' | 'secretsManager' | 'ssm'>,
): WrappedHandler<PlanRolloutOutput> => {
  const env = readEnvironment(deps.env, 'plan-rollout', [
    'TABLE_NAME',
    'CLUSTER_NAME',
    'SERVICES_PARAMETER_PREFIX',
    'TEMPLATES_PARAMETER_PREFIX',
    'REGISTRY',
  ]);
  const { clients, clock } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };
  const hosts = registryHosts(env.REGISTRY, deps.env.AWS_ENDPOINT_URL);
  const ecs = { client: clients.ecs, cluster: env.CLUSTER_NAME };
  const services = { client: clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };
  const templates = { client: clients.ssm, prefix: env.TEMPLATES_PARAMETER_PREFIX };

  const resolve = async (service: string, repository: string, text: string): Promise<Image | Check> => {
    const refused = (cause: NonNullable<Check['cause']>, reason: string): Check => ({
      check: 'image',
      outcome: 'refuses',
      cause,
      reason,
    });
    const named = namedImage(text, { service, repository, hosts });
    if (named.kind === 'mistaken') return refused('invalid-input', named.reason);
    const { tag, digest } = named;
    const found = await resolveImage(clients.ecr, { repository, tag, digest });
    if (found.kind === 'missing')
      return refused('image-missing', `The image ${text} is not in the repository ${repository}: ${found.reason}.`);
    if (found.kind === 'no-platform')
      return refused('platform-missing', `The image ${text} is an index without a variant for linux/amd64.`);
    return { ...found, scanned: found.platformDigest ?? found.digest, tag };
  };

  /** Freezes, holds, tags, windows, scan, approval, and what is under way. */
  const lookAtGates = async (
    service: string,
    image: Image,
    configuration: ServiceConfiguration,
    control: Control,
  ): Promise<readonly Check[]> => {
    const { rollout } = configuration;
    const trigger = { kind: 'hand' };
    const { digest, tag } = image;
    const facts = {
      service,
      digest,
      tag,
      trigger,
      goal: 'release' as const,
      freeze: control.freeze,
      freezeOfAll: await readFreezeOfAll(table),
      hold: control.holds?.[digest],
      proved: await wasProved(table, control, digest),
    };
    const gate = judgeGates(facts, rollout, clock.now());
    const checks: Check[] = [];
    const check = 'freeze, hold, tag and window';
    if (gate.kind === 'refused') checks.push({ check, outcome: 'refuses', cause: gate.cause, reason: gate.reason });
    else if (gate.kind === 'wait') checks.push({ check, outcome: 'waits', reason: gate.reason });
    else checks.push({ check, outcome: 'ok', reason: 'Nothing holds it up.' });
    const anyway = passesGatesAnyway(digest, control.release, facts.proved);
    if (rollout.scan && anyway === undefined) {
      const at = {
        repository: repositoryOf(service, configuration),
        registryId: image.registryId,
        digest: image.scanned,
      };
      const scan = judgeScan(image.scanned, await readScan(clients.ecr, at), rollout.scan, 0);
      if (scan.kind === 'refused')
        checks.push({ check: 'scan', outcome: 'refuses', cause: scan.cause, reason: scan.reason });
      else checks.push({ check: 'scan', outcome: scan.kind === 'wait' ? 'waits' : 'ok', reason: scan.reason });
    }
    if (rollout.approval && anyway === undefined) {
      const reason = `Somebody has to approve it within ${rollout.approval.deadlineSeconds} s.`;
      checks.push({ check: 'approval', outcome: 'waits', reason });
    }
    if (control.rollout) {
      const { rolloutId } = control.rollout;
      checks.push(
        rollout.concurrency === 'reject'
          ? {
              check: 'concurrency',
              outcome: 'refuses',
              cause: 'already-rolling-out',
              reason: `Rollout ${rolloutId} is under way, and ${service} rejects a start meanwhile.`,
            }
          : { check: 'concurrency', outcome: 'waits', reason: `Rollout ${rolloutId} is under way.` },
      );
    }
    return checks;
  };

  const lookAtTwin = async (
    service: string,
    configuration: ServiceConfiguration,
    image: Image,
    plan: TwinPlan,
    observed: DescribedTwin | undefined,
  ): Promise<{
    readonly checks: readonly Check[];
    readonly diff?: TwinDiff;
    readonly request?: RegisterTaskDefinitionCommandInput;
  }> => {
    const { twin, family = twin } = plan;
    const adopted = plan.family !== undefined;
    const refused = (check: string, cause: NonNullable<Check['cause']>, reason: string): Check => ({
      check,
      outcome: 'refuses',
      cause,
      reason,
    });
    const running = observed?.primary?.taskDefinition;
    if (!observed?.active || running === undefined) {
      const reason = `The ECS service ${twin} does not exist in the cluster ${env.CLUSTER_NAME}.`;
      return { checks: [refused(`twin ${twin}`, 'service-missing', reason)] };
    }
    const checks: Check[] = [];
    const obstacle = judgeStart(observed);
    if (obstacle) checks.push(refused(`start on ${twin}`, obstacle.cause, obstacle.reason));
    const current = await readBlueprint(ecs, running, adopted);
    const template = await readTemplate(templates, twin);
    const request = deriveTaskDefinition(template ? await readBlueprint(ecs, template) : current, family, {
      service,
      repository: repositoryOf(service, configuration),
      digest: image.digest,
      hosts,
    });
    if (!request) {
      const reason = `No container of the task definition of ${twin} can be told to be ${service}: give one that name.`;
      return { checks: [...checks, refused(`task definition of ${twin}`, 'task-definition-unfit', reason)] };
    }
    const resting = { taskDefinition: running, desiredCount: observed.desiredCount };
    const count = isFirstRelease(twin, resting) ? plan.baseTasks : observed.desiredCount;
    if (plan.capacity === 'external') {
      const machines = count > 0 ? await readMachines(ecs, observed) : [];
      const site = judgeSite({
        service,
        twins: twinNames(service, configuration),
        external: count > 0 ? [twin] : [],
        machines,
        // A plan does not wait: it says what comes of a site that stays away.
        waited: true,
        lostAfterSeconds: configuration.external?.lostAfterSeconds ?? 0,
        mixedReleasesSafe: configuration.rollout.mixedReleasesSafe,
      });
      if (site.kind === 'refused') checks.push(refused(`site of ${twin}`, site.cause, site.reason));
      if (site.kind === 'deferred') checks.push({ check: `site of ${twin}`, outcome: 'warns', reason: site.reason });
      // Where no task may be started at all, it says nothing that one would find room.
      if (!obstacle) {
        const fit = await readFit(ecs, {
          plan,
          observed,
          task: taskNeedOf(request),
          old: taskNeedOf(current),
          machines,
        });
        const check = `fit of ${twin}`;
        if (fit.kind === 'no-fit') checks.push(refused(check, fit.cause, fit.reason));
        else checks.push({ check, outcome: fit.kind === 'fits' ? 'ok' : 'warns', reason: fit.reason });
      }
    } else {
      const { stopTimeoutSeconds } = sharedPartsOf(twin, request, image.digest);
      const tooLong = judgeStopTimeout(twin, stopTimeoutSeconds);
      if (tooLong) checks.push(tooLong);
    }
    return {
      checks,
      request,
      diff: {
        twin,
        from: running,
        desiredCount: { now: observed.desiredCount, after: count, base: plan.baseTasks },
        changes: diffFields(comparable(current), comparable(request)),
      },
    };
  };

  const run = async ({ service, image: text }: z.infer<typeof Input>): Promise<PlanRolloutOutput> => {
    const configuration = await readService(services, service);
    if (!configuration) throw new ExpectedFailure('InvalidOperation', `There is no service '${service}'.`);
    const said = { verdict: 'completed', cause: 'planned', service, image: text } as const;
    const image = await resolve(service, repositoryOf(service, configuration), text);
    if ('check' in image) return { ...said, digest: '', checks: [image], twins: [], ...concludePlan([image]) };

    const control = await readControl(table, service);
    const plans = plannedTwins(service, configuration);
    const observed = await describeTwins(
      ecs,
      plans.map(({ twin }) => twin),
    );
    const twins = [];
    for (const plan of plans)
      twins.push(await lookAtTwin(service, configuration, image, plan, observed.get(plan.twin)));
    const requests = twins.flatMap(({ request }) => request ?? []);
    const [one, other] = twins.flatMap(({ request, diff }) =>
      request && diff ? [sharedPartsOf(diff.twin, request, image.digest)] : [],
    );
    const release = control.release;
    const current =
      release?.digest === image.digest &&
      release.provedOn.length > 0 &&
      plans.every(({ twin }) => observed.get(twin)?.primary?.taskDefinition === release.taskDefinitions[twin]);
    const checks: readonly Check[] = [
      ...(current
        ? [
            {
              check: 'release',
              outcome: 'warns' as const,
              reason: `${service} is on this release already, since ${release.provedAt}: unless it is forced, a rollout ends at once.`,
            },
          ]
        : []),
      ...(await lookAtGates(service, image, configuration, control)),
      ...twins.flatMap((twin) => twin.checks),
      ...(one && other ? [judgeParity(withoutStop(one), withoutStop(other))] : []),
      ...(await lookAtReferenced(clients, requests)),
    ];
    const rollouts = await newestRollouts(table, service, rolloutsRead);
    const took = rollouts.flatMap((each) => tookSeconds(each) ?? []);
    const counts = plans.flatMap(({ twin, baseTasks }) => {
      const { primary, desiredCount, percents } = observed.get(twin) ?? {};
      if (!primary || desiredCount === undefined || !percents) return [];
      const first = isFirstRelease(twin, { taskDefinition: primary.taskDefinition, desiredCount });
      return [{ desiredCount: first ? baseTasks : desiredCount, percents }];
    });
    return {
      ...said,
      digest: image.digest,
      ...concludePlan(checks),
      checks,
      twins: twins.flatMap(({ diff }) => diff ?? []),
      estimate: estimateRollout(took, counts, configuration.rollout.bakeSeconds),
    };
  };

  return wrapHandler({
    folder: 'plan-rollout',
    env: deps.env,
    input: Input,
    run,
    summary: ({ service, image }, { wouldStart, reason }) => ({ service, image, wouldStart, reason }),
  });
};

const withoutStop = ({
  stopTimeoutSeconds: _stopTimeoutSeconds,
  ...parts
}: ReturnType<typeof sharedPartsOf>): Parameters<typeof judgeParity>[0] => parts;

/** Without what only ECS writes into a description, and without the family, which a template has to itself. */
const comparable = (definition: TaskDefinition | RegisterTaskDefinitionCommandInput): object => {
  const { family: _family, ...rest } = withoutRegistration(definition as TaskDefinition);
  return rest;
};
