import { z } from 'zod';
import { gateWaits } from '../adapters/gate-waits.ts';
import { watchScan } from '../adapters/scan-wait.ts';
import { scannedDigest } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { namesIn, readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/**
 * `ECR Image Scan` names the repository; `Inspector2 Scan` names its ARN in the same field.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html
 */
const Input = z.object({ detail: z.object({ 'repository-name': z.string(), 'image-digest': z.string() }) });

export interface ObserveScanOutput {
  readonly service: string;
  /** Starts that were waiting for this scan and went on, or were refused. */
  readonly ended: number;
}

/** Ends the waits for a scan when an event says that there is something to see. The findings are read, not believed. */
export const create = (deps: Dependencies<'ecr' | 'dynamodb' | 'sfn'>): WrappedHandler<ObserveScanOutput> => {
  const env = readEnvironment(deps.env, 'observe-scan', ['TABLE_NAME', 'NAMED_REPOSITORIES']);
  const repositories = namesIn(env.NAMED_REPOSITORIES);
  const { ecr, sfn } = deps.clients;
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };

  return wrapHandler({
    folder: 'observe-scan',
    env: deps.env,
    input: Input,
    run: async ({ detail }): Promise<ObserveScanOutput> => {
      const repository = detail['repository-name'].replace(/^arn:.*?:repository\//, '');
      const service = repositories[repository] ?? repository;
      let ended = 0;
      for (const wait of await gateWaits(table, 'scan', service)) {
        if (scannedDigest(wait.candidate) !== detail['image-digest']) continue;
        const { kind } = await watchScan({ table, ecr, sfn }, wait, deps.clock.now());
        if (kind !== 'wait') ended += 1;
      }
      return { service, ended };
    },
    summary: ({ detail }, output) => ({ digest: detail['image-digest'], ...output }),
  });
};
