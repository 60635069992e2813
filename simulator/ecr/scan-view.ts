import type { EnhancedImageScanFinding, ImageScanFinding, ImageScanFindings } from '@aws-sdk/client-ecr';
import type { Image, Repository, Scan } from './model.ts';

const texts: Readonly<Record<Scan['status'], string>> = {
  IN_PROGRESS: 'The scan is in progress.',
  COMPLETE: 'The scan was completed successfully.',
  FAILED: 'UnsupportedImageError: The operating system and/or package manager are not supported.',
  PENDING: 'The scan is pending.',
  ACTIVE: 'Continuous scan is selected for image.',
  UNSUPPORTED_IMAGE: 'The image is not supported.',
};

export const scanText = (status: Scan['status']): string => texts[status];

/** A severity without findings is absent. */
export const severityCounts = (findings: readonly ImageScanFinding[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { severity = 'UNDEFINED' } of findings) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
};

/** The findings of a scan that has ended, as far as they stand on one page: Inspector's have a shape of their own. */
export const findingsView = (
  repository: Repository,
  image: Image,
  scan: Scan & { readonly completedMs: number },
  page: readonly ImageScanFinding[],
): ImageScanFindings => ({
  imageScanCompletedAt: new Date(scan.completedMs),
  vulnerabilitySourceUpdatedAt: new Date(scan.completedMs),
  findingSeverityCounts: severityCounts(scan.findings),
  ...(scan.kind === 'basic'
    ? { findings: structuredClone([...page]) }
    : { enhancedFindings: page.map((finding) => enhancedFinding(repository, image, scan.completedMs, finding)) }),
});

const enhancedFinding = (
  repository: Repository,
  image: Image,
  atMs: number,
  { name = '', description = '', severity = 'UNDEFINED', uri = '' }: ImageScanFinding,
): EnhancedImageScanFinding => {
  const [, , , region = '', account = ''] = repository.arn.split(':');
  const at = new Date(atMs);
  return {
    awsAccountId: account,
    description,
    findingArn: `arn:aws:inspector2:${region}:${account}:finding/${image.digest.slice(7, 39)}-${name}`,
    firstObservedAt: at,
    lastObservedAt: at,
    updatedAt: at,
    packageVulnerabilityDetails: { vulnerabilityId: name, sourceUrl: uri, vulnerablePackages: [] },
    resources: [
      {
        id: `${repository.arn}/${image.digest}`,
        type: 'AWS_ECR_CONTAINER_IMAGE',
        details: {
          awsEcrContainerImage: {
            imageHash: image.digest,
            pushedAt: new Date(image.pushedMs),
            registry: account,
            repositoryName: repository.name,
          },
        },
      },
    ],
    severity,
    status: 'ACTIVE',
    title: name,
    type: 'PACKAGE_VULNERABILITY',
  };
};
