import { findingsLabel, scanLabel } from '../../simulator/ecr/scanner.ts';

export const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED'] as const;

export interface ScanWishes {
  /** `CRITICAL=1,HIGH=2` */
  readonly findings?: string;
  readonly scan?: 'failed' | 'never';
}

/** Says in one sentence what is wrong with a list of findings. */
export class NoFindings extends Error {
  override readonly name = 'NoFindings';
}

/**
 * The labels by which an image tells the local cloud's scanner what to find in it, and how the scan ends.
 * @throws NoFindings
 */
export const scanLabels = ({ findings, scan }: ScanWishes): Readonly<Record<string, string>> => {
  for (const part of findings === undefined ? [] : findings.split(',')) {
    const [severity = '', count = ''] = part.trim().split('=');
    if (!(severities as readonly string[]).includes(severity) || !/^[1-9]\d{0,3}$/.test(count))
      throw new NoFindings(
        `The findings '${findings}' are not accepted: give <severity>=<count>, several with commas between; severities: ${severities.join(', ')}.`,
      );
  }
  return {
    ...(findings === undefined ? {} : { [findingsLabel]: findings }),
    ...(scan === undefined ? {} : { [scanLabel]: scan }),
  };
};
