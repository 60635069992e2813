import { appendHistory } from '../adapters/history.ts';
import { changeControl } from '../adapters/records.ts';
import type { TableClient } from '../adapters/table.ts';
import type { ServiceConfiguration } from '../core/configuration.ts';
import { type RecallOutcome, recallBurst } from '../core/recall-burst.ts';
import type { OperationRequest } from '../core/requests.ts';
import type { Execution } from '../core/state.ts';
import type { AdmitOperationOutput } from './admit-operation.ts';
import { impossible } from './impossible.ts';

/** Marks the burst of a service as recalled; the burst itself sets the counts back, at its next look. */
export const recall = async (
  table: TableClient,
  request: Extract<OperationRequest, { action: 'recall' }>,
  configuration: ServiceConfiguration,
  execution: Execution,
): Promise<AdmitOperationOutput> => {
  const { service, for: pauseSeconds, actor = '', reason = '' } = request;
  if (!configuration.burst)
    throw impossible(`${service} has no 'burst' in spillway.config.ts, so there is nothing to recall.`);
  const mark = { by: actor, at: execution.startedAt, reason };
  let outcome: RecallOutcome | undefined;
  await changeControl(table, service, (control) => {
    outcome = recallBurst(control, mark, pauseSeconds);
    return outcome.kind === 'done' && outcome.control !== control ? outcome.control : undefined;
  });
  if (outcome?.kind !== 'done') throw impossible(outcome?.reason ?? '');
  const { cause, reason: said } = outcome;
  // Told again after a crash between the change and this line: the key is the execution's.
  await appendHistory(table, service, [
    {
      key: `operation#${execution.name}`,
      kind: 'operation',
      subject: execution.name,
      at: execution.startedAt,
      source: 'operate, recall',
      actor,
      text: said,
      detail: { action: 'recall', changed: cause !== 'unchanged' },
    },
  ]);
  return { kind: 'done', output: { verdict: 'completed', cause, service, reason: said } };
};
