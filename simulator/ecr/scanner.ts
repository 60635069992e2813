import type { ImageScanFinding, RegistryScanningConfiguration, ScanFrequency } from '@aws-sdk/client-ecr';
import { AwsError } from '../cloud/aws-error.ts';
import type { ServiceContext } from '../cloud/service.ts';
import { limitExceeded } from './errors.ts';
import { isIndexType } from './media-types.ts';
import type { Image, Repository } from './model.ts';
import { severityCounts } from './scan-view.ts';
import { matchesTagFilter } from './tag-filter.ts';

/** What comes of a scan. */
export interface ScanPlan {
  readonly findings: readonly ImageScanFinding[];
  /** `never`: it stays in progress, as users have seen it. `failed`: the image cannot be scanned. */
  readonly end: 'complete' | 'failed' | 'never';
}

/**
 * The labels by which an image itself says what a scan of it finds (`CRITICAL=1,HIGH=2`) and how the scan ends: there is
 * nothing in it that could be scanned.
 */
export const findingsLabel = 'simulator.scan-findings';
export const scanLabel = 'simulator.scan';

/** "Each container image may be scanned once per 24 hours", the scan on push included. */
const betweenScansMs = 86_400_000;

/**
 * Scans images: basic scans by the registry itself, or Amazon Inspector's, as the registry's configuration says.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
 */
export class Scanner {
  readonly #ctx: ServiceContext;
  readonly #labelsOf: (image: Image) => Readonly<Record<string, string>>;
  readonly #tagsOf: (repository: Repository, image: Image) => readonly string[];
  readonly #plans = new Map<string, ScanPlan>();
  configuration: RegistryScanningConfiguration = { scanType: 'BASIC', rules: [] };

  constructor(
    ctx: ServiceContext,
    images: {
      readonly labelsOf: (image: Image) => Readonly<Record<string, string>>;
      readonly tagsOf: (repository: Repository, image: Image) => readonly string[];
    },
  ) {
    this.#ctx = ctx;
    this.#labelsOf = images.labelsOf;
    this.#tagsOf = images.tagsOf;
  }

  /** Says what the next scan of a digest comes to, whatever the image's own labels say. */
  plan(digest: string, plan: Partial<ScanPlan>): void {
    this.#plans.set(digest, { findings: [], end: 'complete', ...plan });
  }

  /** How often images of a repository are scanned: by the registry's rules, or by the repository's own setting. */
  frequencyOf(repository: Repository): ScanFrequency {
    const matching = (this.configuration.rules ?? []).filter(({ repositoryFilters = [] }) =>
      repositoryFilters.some(({ filter = '' }) => matchesTagFilter(filter, repository.name)),
    );
    if (matching.some(({ scanFrequency }) => scanFrequency === 'CONTINUOUS_SCAN')) return 'CONTINUOUS_SCAN';
    if (matching.some(({ scanFrequency }) => scanFrequency === 'SCAN_ON_PUSH')) return 'SCAN_ON_PUSH';
    return this.configuration.scanType === 'BASIC' && repository.scanOnPush ? 'SCAN_ON_PUSH' : 'MANUAL';
  }

  onPush(repository: Repository, image: Image): void {
    if (this.frequencyOf(repository) === 'MANUAL' || isIndexType(image.mediaType)) return;
    this.#begin(repository, image);
  }

  /** Brings images that enhanced scanning newly covers to Inspector, which scans what is there already. */
  onConfiguration(repositories: Iterable<Repository>): void {
    if (this.configuration.scanType !== 'ENHANCED') return;
    for (const repository of repositories)
      for (const image of repository.images.values())
        if (image.scan?.kind !== 'enhanced') this.onPush(repository, image);
  }

  /** A scan by hand, which only basic scanning has. @throws AwsError */
  start(repository: Repository, image: Image): void {
    if (this.configuration.scanType === 'ENHANCED')
      throw new AwsError('ValidationException', 'This feature is disabled');
    if (isIndexType(image.mediaType))
      throw new AwsError(
        'UnsupportedImageTypeException',
        `Images of the media type ${image.mediaType} are not supported by image scanning.`,
      );
    const { kernel } = this.#ctx;
    if (image.scan && kernel.now() - image.scan.startedMs < kernel.paced(betweenScansMs))
      throw limitExceeded('The scan quota per image has been exceeded. Wait and try again.');
    this.#begin(repository, image);
  }

  #begin(repository: Repository, image: Image): void {
    const { kernel, fidelity } = this.#ctx;
    const kind = this.configuration.scanType === 'ENHANCED' ? 'enhanced' : 'basic';
    const plan = this.#plans.get(image.digest) ?? planOf(this.#labelsOf(image));
    const scan = { kind, startedMs: kernel.now(), completedMs: undefined, findings: [] } as const;
    image.scan = { ...scan, status: kind === 'enhanced' ? 'PENDING' : 'IN_PROGRESS' };
    const begun = image.scan;
    if (plan.end === 'never') return;
    kernel.afterAws(kind === 'enhanced' ? fidelity.ecr.enhancedScanMs : fidelity.ecr.basicScanMs, 'ecr-scan', () => {
      if (repository.images.get(image.digest) !== image || image.scan !== begun) return;
      if (plan.end === 'failed') {
        image.scan = { ...scan, status: kind === 'enhanced' ? 'UNSUPPORTED_IMAGE' : 'FAILED' };
        // Of an image that Inspector cannot scan no completion is told.
        if (kind === 'basic') this.#tellBasic(repository, image, 'FAILED');
        return;
      }
      const status = kind === 'enhanced' && this.frequencyOf(repository) === 'CONTINUOUS_SCAN' ? 'ACTIVE' : 'COMPLETE';
      image.scan = { ...scan, status, completedMs: kernel.now(), findings: plan.findings };
      if (kind === 'enhanced') this.#tellEnhanced(repository, image);
      else this.#tellBasic(repository, image, 'COMPLETE');
    });
  }

  #tellBasic(repository: Repository, image: Image, status: 'COMPLETE' | 'FAILED'): void {
    this.#ctx.emit({
      source: 'aws.ecr',
      detailType: 'ECR Image Scan',
      resources: [repository.arn],
      detail: {
        'scan-status': status,
        'repository-name': repository.name,
        'finding-severity-counts': severityCounts(image.scan?.findings ?? []),
        'image-digest': image.digest,
        'image-tags': this.#tagsOf(repository, image),
      },
      delivery: 'best-effort',
    });
  }

  /** Inspector names the repository by its ARN, and counts all findings beside those of each severity. */
  #tellEnhanced(repository: Repository, image: Image): void {
    const findings = image.scan?.findings ?? [];
    this.#ctx.emit({
      source: 'aws.inspector2',
      detailType: 'Inspector2 Scan',
      resources: [repository.arn],
      detail: {
        'scan-status': 'INITIAL_SCAN_COMPLETE',
        'repository-name': repository.arn,
        'finding-severity-counts': { ...severityCounts(findings), TOTAL: findings.length },
        'image-digest': image.digest,
        'image-tags': this.#tagsOf(repository, image),
      },
      delivery: 'best-effort',
    });
  }
}

const planOf = (labels: Readonly<Record<string, string>>): ScanPlan => {
  const end = labels[scanLabel];
  const findings = (labels[findingsLabel] ?? '').split(',').flatMap((part) => {
    const [severity = '', count = ''] = part.trim().split('=');
    return Array.from({ length: Number(count) || 0 }, (_, index) => finding(severity, index + 1));
  });
  return { findings, end: end === 'never' || end === 'failed' ? end : 'complete' };
};

const finding = (severity: string, index: number): ImageScanFinding => ({
  name: `CVE-2026-${severity}-${index}`,
  description: 'A finding that the image says of itself.',
  uri: `https://cve.example.com/CVE-2026-${severity}-${index}`,
  severity: severity as ImageScanFinding['severity'],
  attributes: [
    { key: 'package_name', value: 'example' },
    { key: 'package_version', value: '1.0.0' },
  ],
});
