import { z } from 'zod';
import { readService } from '../adapters/parameters.ts';
import { startOnce } from '../adapters/sfn.ts';
import { decideStart } from '../core/decide-start.ts';
import type { RolloutRequest } from '../core/requests.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { namesIn, readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** An `ECR Image Action` event; only the fields that are read. */
const Input = z.object({
  id: z.string().min(1),
  time: z.string(),
  detail: z.object({
    result: z.literal('SUCCESS'),
    'action-type': z.literal('PUSH'),
    'repository-name': z.string(),
    'image-digest': z.string(),
    'image-tag': z.string().optional(),
  }),
});

export interface StartRolloutOutput {
  readonly kind: 'started' | 'already-started' | 'ignored';
  readonly service: string;
  readonly digest: string;
  readonly reason: string;
}

/**
 * Starts a rollout for a pushed image. The execution is named by the event's id, so an event that is delivered twice
 * starts one; its input is made of the event alone, since a repeated start with another input would be an error.
 */
export const create = (deps: Dependencies<'ssm' | 'sfn'>): WrappedHandler<StartRolloutOutput> => {
  const env = readEnvironment(deps.env, 'start-rollout', [
    'SERVICES_PARAMETER_PREFIX',
    'NAMED_REPOSITORIES',
    'ROLLOUT_STATE_MACHINE_ARN',
  ]);
  const repositories = namesIn(env.NAMED_REPOSITORIES);
  const parameters = { client: deps.clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };

  return wrapHandler({
    folder: 'start-rollout',
    env: deps.env,
    input: Input,
    run: async ({ id, time, detail }) => {
      const repository = detail['repository-name'];
      const service = repositories[repository] ?? repository;
      const digest = detail['image-digest'];
      const tag = detail['image-tag'];
      const decision = decideStart({ repository, digest, tag }, await readService(parameters, service));
      if (decision.kind === 'ignore') return { kind: 'ignored', service, digest, reason: decision.reason };
      // The digest and not the tag: the tag may have moved on by the time the rollout begins.
      const input: RolloutRequest = { service, image: digest, trigger: { kind: 'push', eventId: id, tag, time } };
      const kind = await startOnce(deps.clients.sfn, {
        stateMachineArn: env.ROLLOUT_STATE_MACHINE_ARN,
        name: `push-${id}`,
        input,
      });
      return { kind, service, digest, reason: `${tag} was pushed` };
    },
    summary: (_event, output) => ({ ...output }),
  });
};
