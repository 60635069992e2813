import { z } from 'zod';
import { type ResolvedImage, resolveImage } from '../adapters/ecr.ts';
import { readService } from '../adapters/parameters.ts';
import { readPipelineRun } from '../adapters/pipeline.ts';
import { readControl } from '../adapters/records.ts';
import { askedAt } from '../core/asked-at.ts';
import { deadLetterQueueName, repositoryOf } from '../core/configuration.ts';
import { type NamedImage, namedImage, registryHosts } from '../core/image-reference.ts';
import { linkPipeline, pipelineExecutionOf } from '../core/link-pipeline.ts';
import { explainInput, RolloutRequest, rolloutAccepts } from '../core/requests.ts';
import { plannedTwins } from '../core/rollout-plan.ts';
import { type Candidate, type End, Execution, type Trigger } from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({ execution: Execution, request: z.unknown() });
type Input = z.infer<typeof Input>;

/** An end with what a record or an output adds to it. */
export type RolloutEnd = End & {
  readonly service: string;
  readonly rolloutId: string;
  readonly [detail: string]: unknown;
};

export type AdmitRolloutOutput =
  | { readonly kind: 'admitted'; readonly candidate: Candidate }
  /** `record`: the service exists, so its history shall show this end. */
  | { readonly kind: 'ended'; readonly record: boolean; readonly end: RolloutEnd };

/**
 * Says what a start wants: the request is validated and its image resolved to a digest once, so that a tag which moves
 * while the start waits for a gate or for its turn changes nothing. Nothing is written.
 */
export const create = (
  deps: Dependencies<'codepipeline' | 'ssm' | 'ecr' | 'dynamodb'>,
): WrappedHandler<AdmitRolloutOutput> => {
  const env = readEnvironment(deps.env, 'admit-rollout', ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX', 'REGISTRY']);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };
  const { clients } = deps;
  const hosts = registryHosts(env.REGISTRY, deps.env.AWS_ENDPOINT_URL);
  const parameters = { client: clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };

  const run = async ({ execution, request: raw }: Input): Promise<AdmitRolloutOutput> => {
    const named = z.object({ service: z.string() }).safeParse(raw);
    const ended = (end: End, record: boolean, details: Readonly<Record<string, unknown>> = {}): AdmitRolloutOutput => ({
      kind: 'ended',
      record,
      end: { ...details, ...end, service: named.data?.service ?? '', rolloutId: execution.name },
    });

    const parsed = RolloutRequest.safeParse(raw);
    if (!parsed.success) {
      return ended(endOf('rollout', 'refused', 'invalid-input', explainInput(parsed.error, rolloutAccepts)), false);
    }
    const request = parsed.data;
    const configuration = await readService(parameters, request.service);
    if (!configuration) {
      const reason = `There is no service '${request.service}'; the services are those of spillway.config.ts.`;
      return ended(endOf('rollout', 'refused', 'unknown-service', reason), false);
    }
    const repository = repositoryOf(request.service, configuration);
    const given: Trigger = request.trigger ?? { kind: 'hand' };
    const { pipeline } = configuration.rollout;
    const executionId = pipelineExecutionOf(given);
    const trigger: Trigger =
      pipeline && executionId
        ? linkPipeline(given, pipeline.name, await readPipelineRun(clients.codepipeline, pipeline.name, executionId))
        : given;
    const details = { image: request.image ?? '', trigger, actor: request.actor ?? '' };
    const goal = request.takeBack ? 'take-back' : request.refresh ? 'refresh' : 'release';
    const release = goal === 'release' ? undefined : (await readControl(table, request.service)).release;
    if (goal === 'refresh' && !release) {
      const reason = `${request.service} has no release yet that could be rolled out again; nothing was changed.`;
      return ended(endOf('rollout', 'completed', 'already-current', reason), true, details);
    }
    const wanted = { ...request, image: goal === 'release' ? (request.image ?? '') : (release?.digest ?? '') };
    // A way back needs no image: it leads to task definitions that are registered.
    const asked: NamedImage =
      goal === 'take-back'
        ? { kind: 'named', digest: wanted.image || 'none' }
        : namedImage(wanted.image, { service: request.service, repository, hosts });
    if (asked.kind === 'mistaken') {
      return ended(endOf('rollout', 'refused', 'invalid-input', asked.reason), true, details);
    }
    const image: ResolvedImage =
      goal === 'take-back'
        ? unresolved(wanted.image || 'none')
        : await resolveImage(clients.ecr, { repository, tag: asked.tag, digest: asked.digest });
    if (image.kind === 'missing') {
      const reason = `The image ${wanted.image} is not in the repository ${repository}: ${image.reason}. Nothing was changed.`;
      return ended(endOf('rollout', 'refused', 'image-missing', reason), true, details);
    }
    if (image.kind === 'no-platform') {
      const reason = `The image ${wanted.image} is an index without a variant for linux/amd64. Nothing was changed.`;
      return ended(endOf('rollout', 'refused', 'platform-missing', reason), true, details);
    }

    const { rollout } = configuration;
    const tag = asked.tag ?? tagOf(trigger);
    return {
      kind: 'admitted',
      candidate: {
        service: request.service,
        rolloutId: execution.name,
        executionArn: execution.arn,
        startedAt: execution.startedAt,
        askedAt: askedAt(trigger, execution.startedAt),
        goal,
        force: request.force ?? false,
        digest: image.digest,
        acceptedDigests: image.platformDigest ? [image.digest, image.platformDigest] : [image.digest],
        image: tag === undefined ? `${request.service}@${image.digest}` : `${request.service}:${tag}`,
        repository,
        registryId: image.registryId,
        ...(tag !== undefined && { tag }),
        gates: {
          deployableTags: rollout.deployableTags,
          windows: rollout.windows,
          // What runs already has passed them.
          ...(rollout.scan && goal === 'release' && { scan: rollout.scan }),
          ...(rollout.approval && goal === 'release' && { approval: rollout.approval }),
        },
        twins: plannedTwins(request.service, configuration),
        concurrency: rollout.concurrency,
        failedTasksMax: rollout.failedTasksMax,
        sweepSeconds: rollout.sweepSeconds,
        deadlineSeconds: rollout.deadlineSeconds,
        bakeSeconds: rollout.bakeSeconds,
        lostAfterSeconds: configuration.external?.lostAfterSeconds ?? 0,
        mixedReleasesSafe: rollout.mixedReleasesSafe,
        probe: rollout.probe,
        alarms: rollout.alarms,
        deadLetterQueues: [...configuration.receivesFrom, ...configuration.receivesFromOnPremises].map(
          deadLetterQueueName,
        ),
        trigger,
        actor: request.actor ?? '',
      },
    };
  };

  return wrapHandler({
    folder: 'admit-rollout',
    env: deps.env,
    input: Input,
    run,
    summary: ({ execution }, output) => ({
      execution: execution.name,
      kind: output.kind,
      ...(output.kind === 'admitted' && { service: output.candidate.service, digest: output.candidate.digest }),
      ...(output.kind === 'ended' && {
        verdict: output.end.verdict,
        cause: output.end.cause,
        reason: output.end.reason,
      }),
    }),
  });
};

const unresolved = (digest: string): ResolvedImage => ({
  kind: 'found',
  digest,
  registryId: '',
  platformDigest: undefined,
});

/** The tag that a push or a pipeline says its digest was pushed by. */
const tagOf = ({ tag }: Trigger): string | undefined => (typeof tag === 'string' ? tag : undefined);
