import { z } from 'zod';
import { readPassage, storeGateWait } from '../adapters/gate-waits.ts';
import { watchScan } from '../adapters/scan-wait.ts';
import { endTask } from '../adapters/sfn.ts';
import { Candidate } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({ token: z.string().min(1), candidate: Candidate });

export interface AwaitScanOutput {
  readonly kind: 'passed' | 'wait' | 'refused';
  readonly reason: string;
}

/**
 * Begins a start's wait for the scan of its image. The token is stored first and the findings read after it: a scan that
 * ended before is seen by the read, one that ends later finds the token.
 */
export const create = (deps: Dependencies<'ecr' | 'dynamodb' | 'sfn'>): WrappedHandler<AwaitScanOutput> => {
  const env = readEnvironment(deps.env, 'await-scan', ['TABLE_NAME']);
  const { ecr, sfn } = deps.clients;
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };

  return wrapHandler({
    folder: 'await-scan',
    env: deps.env,
    input: Input,
    run: async ({ token, candidate }): Promise<AwaitScanOutput> => {
      const anyway = await readPassage(table, candidate);
      if (anyway !== undefined) {
        await endTask(sfn, token, { kind: 'passed', reason: anyway });
        return { kind: 'passed', reason: anyway };
      }
      await storeGateWait(table, 'scan', { candidate, token });
      return watchScan({ table, ecr, sfn }, { candidate, token }, deps.clock.now());
    },
    summary: ({ candidate }, output) => ({ service: candidate.service, rollout: candidate.rolloutId, ...output }),
  });
};
