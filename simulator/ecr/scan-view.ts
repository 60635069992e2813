import type { ImageScanFinding } from '@aws-sdk/client-ecr';

export const scanText = (status: 'IN_PROGRESS' | 'COMPLETE'): string =>
  status === 'COMPLETE' ? 'The scan was completed successfully.' : 'The scan is in progress.';

/** A severity without findings is absent. */
export const severityCounts = (findings: readonly ImageScanFinding[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { severity = 'UNDEFINED' } of findings) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
};
