import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { deleteGateWait, gateWaits, refusedAtGate } from '../adapters/gate-waits.ts';
import { appendHistory } from '../adapters/history.ts';
import { answerPipeline } from '../adapters/pipeline.ts';
import { endTask } from '../adapters/sfn.ts';
import type { TableClient } from '../adapters/table.ts';
import type { ServiceConfiguration } from '../core/configuration.ts';
import type { OperationRequest } from '../core/requests.ts';
import type { Execution } from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import type { AdmitOperationOutput } from './admit-operation.ts';
import { impossible } from './impossible.ts';

interface Clients {
  readonly table: TableClient;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly codepipeline: Pick<CodePipelineClient, 'send'>;
}

/**
 * Gives somebody's word to the starts that wait for it: all of a service, or the one that was named. Where none waits,
 * the word goes to the manual approval action of the service's pipeline.
 * @throws ExpectedFailure `InvalidOperation` when nothing waits.
 */
export const answerApproval = async (
  { table, sfn, codepipeline }: Clients,
  request: Extract<OperationRequest, { action: 'approve' | 'deny' }>,
  { rollout: { pipeline } }: ServiceConfiguration,
  execution: Execution,
): Promise<AdmitOperationOutput> => {
  const { service, action } = request;
  const approves = action === 'approve';
  const actor = request.actor ?? '';
  const said = `${approves ? 'approved' : 'denied'} by ${actor || 'somebody'}${request.reason ? `: ${request.reason}` : ''}`;

  const done = async (subject: string, what: string): Promise<AdmitOperationOutput> => {
    const reason = `${what} was ${said}.`;
    await appendHistory(table, service, [
      {
        key: `operation#${execution.name}#${subject}`,
        kind: 'rollout',
        subject,
        at: execution.startedAt,
        source: `operate, ${action}`,
        actor,
        text: reason,
        detail: { action, execution: execution.name },
      },
    ]);
    return {
      kind: 'done',
      output: { verdict: 'completed', cause: approves ? 'approved' : 'denied', service, reason },
    };
  };

  const waiting = (await gateWaits(table, 'approval', service)).filter(
    ({ candidate }) => request.rollout === undefined || candidate.rolloutId === request.rollout,
  );
  let answered: AdmitOperationOutput | undefined;
  for (const { token, candidate } of waiting) {
    const sentence = `${candidate.image} was ${said}.`;
    const end = endOf('rollout', 'refused', 'approval-denied', `${sentence} Nothing was changed.`);
    const taken = await endTask(
      sfn,
      token,
      approves ? { kind: 'passed', reason: sentence } : refusedAtGate(candidate, end),
    );
    await deleteGateWait(table, 'approval', candidate);
    // One whose execution was stopped waits no more, and nothing is to be said of it.
    if (taken) answered = await done(candidate.rolloutId, candidate.image);
  }
  if (answered) return answered;
  if (
    pipeline &&
    request.rollout === undefined &&
    (await answerPipeline(codepipeline, pipeline, { approved: approves, summary: said }))
  ) {
    return done(`pipeline-${execution.name}`, `The approval action of the pipeline ${pipeline.name}`);
  }
  throw impossible(
    request.rollout === undefined
      ? `Nothing of ${service} waits for an approval.`
      : `The rollout '${request.rollout}' of ${service} does not wait for an approval.`,
  );
};
