import { z } from 'zod';
import { tagImage } from '../adapters/ecr.ts';
import { keepTag } from '../core/keep-tag.ts';
import { type Failure, ProvedTwin, Rollout } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({ rollout: Rollout, proof: z.object({ twins: z.array(ProvedTwin).readonly() }) });

export type KeepImageOutput =
  | { readonly kind: 'kept' | 'not-proved'; readonly tag: string }
  /** Somebody deleted the image while its rollout was under way. */
  | { readonly kind: 'gone'; readonly failure: Failure };

/** Tags a proved image, so that no lifecycle rule takes it away while something may still go back to it. */
export const create = (deps: Dependencies<'ecr'>): WrappedHandler<KeepImageOutput> =>
  wrapHandler({
    folder: 'keep-image',
    env: deps.env,
    input: Input,
    run: async ({ rollout, proof }): Promise<KeepImageOutput> => {
      if (!proof.twins.some(({ tasks }) => tasks > 0)) return { kind: 'not-proved', tag: '' };
      const tag = keepTag(rollout.digest);
      if (await tagImage(deps.clients.ecr, { ...rollout, tag })) return { kind: 'kept', tag };
      const reason = `The image ${rollout.digest} is not in the repository ${rollout.repository} any more, so that no other task could pull it.`;
      return { kind: 'gone', failure: { kind: 'watched', cause: 'image-missing', reason } };
    },
    summary: ({ rollout }, output) => ({ rollout: rollout.rolloutId, ...output }),
  });
