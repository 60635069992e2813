import type { ECRClient } from '@aws-sdk/client-ecr';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { judgeScan, type ScanJudgement } from '../core/judge-scan.ts';
import { scannedDigest } from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import { readScan } from './ecr-scan.ts';
import { deleteGateWait, type GateWait, refusedAtGate } from './gate-waits.ts';
import { endTask } from './sfn.ts';
import type { TableClient } from './table.ts';

export interface ScanClients {
  readonly table: TableClient;
  readonly ecr: Pick<ECRClient, 'send'>;
  readonly sfn: Pick<SFNClient, 'send'>;
}

/** Looks at the scan, and ends the wait when there is nothing more to wait for. */
export const watchScan = async (
  { table, ecr, sfn }: ScanClients,
  { candidate, token }: GateWait,
  nowMs: number,
): Promise<ScanJudgement> => {
  const { service, repository, registryId, gates } = candidate;
  if (!gates.scan) return { kind: 'passed', reason: `${service} asks for no scan.` };
  const scanned = scannedDigest(candidate);
  const observed = await readScan(ecr, { repository, registryId, digest: scanned });
  const judgement = judgeScan(scanned, observed, gates.scan, nowMs - Date.parse(candidate.startedAt));
  if (judgement.kind === 'wait') return judgement;
  await deleteGateWait(table, 'scan', candidate);
  await endTask(
    sfn,
    token,
    judgement.kind === 'passed'
      ? judgement
      : refusedAtGate(candidate, endOf('rollout', 'refused', judgement.cause, judgement.reason)),
  );
  return judgement;
};
