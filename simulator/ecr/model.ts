import type { ImageScanFinding, ImageTagMutability, Repository as RepositoryView } from '@aws-sdk/client-ecr';
import type { PolicyDocument } from '../cloud/service.ts';

/** A manifest in a repository. */
export interface Image {
  readonly digest: string;
  readonly manifest: Uint8Array;
  readonly mediaType: string;
  readonly pushedMs: number;
  /** Compressed bytes of what the manifest names; for an index 0, as ECR answers it. */
  readonly sizeInBytes: number;
  scan: Scan | undefined;
}

export interface Scan {
  /** By the registry itself, or by Amazon Inspector. */
  readonly kind: 'basic' | 'enhanced';
  readonly status: 'ACTIVE' | 'COMPLETE' | 'FAILED' | 'IN_PROGRESS' | 'PENDING' | 'UNSUPPORTED_IMAGE';
  readonly startedMs: number;
  readonly completedMs: number | undefined;
  readonly findings: readonly ImageScanFinding[];
}

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  mutability: ImageTagMutability;
  mutabilityExclusions: NonNullable<RepositoryView['imageTagMutabilityExclusionFilters']>;
  scanOnPush: boolean;
  readonly encryption: RepositoryView['encryptionConfiguration'];
  policy: PolicyDocument | undefined;
  policyText: string | undefined;
  lifecyclePolicyText: string | undefined;
  lifecycleEvaluatedMs: number | undefined;
  readonly tags: Map<string, string>;
  /** By digest, in the order of their pushes. */
  readonly images: Map<string, Image>;
  /** Digest by tag. */
  readonly imageTags: Map<string, string>;
  /** Digests of the blobs that were uploaded to this repository: what another one holds is not to be had here. */
  readonly blobs: Set<string>;
}
