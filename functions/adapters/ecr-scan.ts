import { DescribeImageScanFindingsCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { nameOf } from '../core/errors.ts';
import type { ObservedScan } from '../core/judge-scan.ts';

// Basic scans end as COMPLETE, those of Amazon Inspector as ACTIVE, since they go on.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanStatus.html
const states: Readonly<Record<string, ObservedScan['state']>> = {
  COMPLETE: 'complete',
  ACTIVE: 'complete',
  PENDING: 'in-progress',
  IN_PROGRESS: 'in-progress',
  LIMIT_EXCEEDED: 'in-progress',
};

/** What is known of the scan of an image. */
export const readScan = async (
  ecr: Pick<ECRClient, 'send'>,
  image: { readonly repository: string; readonly registryId: string; readonly digest: string },
): Promise<ObservedScan> => {
  try {
    const { imageScanStatus, imageScanFindings } = await ecr.send(
      new DescribeImageScanFindingsCommand({
        repositoryName: image.repository,
        registryId: image.registryId,
        imageId: { imageDigest: image.digest },
        // Only the counts are read, and they come with every page.
        maxResults: 1,
      }),
    );
    return {
      state: states[imageScanStatus?.status ?? ''] ?? 'failed',
      counts: imageScanFindings?.findingSeverityCounts ?? {},
      text: imageScanStatus?.description ?? imageScanStatus?.status ?? '',
    };
  } catch (error) {
    if (nameOf(error) === 'ScanNotFoundException') return { state: 'none', counts: {}, text: '' };
    throw error;
  }
};
