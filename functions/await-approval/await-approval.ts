import { z } from 'zod';
import { tell } from '../adapters/events.ts';
import { deleteGateWait, readPassage, refusedAtGate, storeGateWait } from '../adapters/gate-waits.ts';
import { endTask } from '../adapters/sfn.ts';
import { Candidate } from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.object({
  token: z.string().min(1),
  candidate: Candidate,
  /** ISO time at which the start came to this gate. */
  since: z.string(),
});

export interface AwaitApprovalOutput {
  readonly kind: 'passed' | 'wait' | 'refused';
  readonly reason: string;
}

/** Begins a start's wait for somebody's word, or ends it when nobody gave it in time. */
export const create = (deps: Dependencies<'dynamodb' | 'sfn' | 'events'>): WrappedHandler<AwaitApprovalOutput> => {
  const env = readEnvironment(deps.env, 'await-approval', ['TABLE_NAME']);
  const { sfn, events } = deps.clients;
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };

  return wrapHandler({
    folder: 'await-approval',
    env: deps.env,
    input: Input,
    run: async ({ token, candidate, since }): Promise<AwaitApprovalOutput> => {
      const { service, rolloutId, image, digest, trigger, actor, gates } = candidate;
      const anyway = await readPassage(table, candidate);
      if (anyway !== undefined || !gates.approval) {
        const reason = anyway ?? `${service} asks for no approval.`;
        await endTask(sfn, token, { kind: 'passed', reason });
        return { kind: 'passed', reason };
      }
      const deadlineMs = Date.parse(since) + gates.approval.deadlineSeconds * 1_000;
      if (deps.clock.now() >= deadlineMs) {
        const reason = `Nobody approved ${image} within ${gates.approval.deadlineSeconds} s. Nothing was changed.`;
        await deleteGateWait(table, 'approval', candidate);
        const end = endOf('rollout', 'refused', 'approval-timed-out', reason);
        await endTask(sfn, token, refusedAtGate(candidate, end));
        return { kind: 'refused', reason };
      }
      await storeGateWait(table, 'approval', { candidate, token });
      const until = new Date(deadlineMs).toISOString();
      const reason = `${image} waits for an approval until ${until}.`;
      await tell(events, 'Spillway Approval Requested', candidate.executionArn, {
        service,
        rolloutId,
        digest,
        image,
        trigger,
        actor,
        until,
        reason,
      });
      return { kind: 'wait', reason };
    },
    summary: ({ candidate }, output) => ({ service: candidate.service, rollout: candidate.rolloutId, ...output }),
  });
};
