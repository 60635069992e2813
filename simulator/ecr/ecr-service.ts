import { gunzipSync } from 'node:zlib';
import type { ImageDetail, ImageIdentifier, Repository as RepositoryView } from '@aws-sdk/client-ecr';
import { AwsError } from '../cloud/aws-error.ts';
import type { ImageSource, StoredImage } from '../cloud/ports.ts';
import type { ActionDefinition, PolicyDocument, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { batchDeleteImage } from './actions/batch-delete-image.ts';
import { batchGetImage } from './actions/batch-get-image.ts';
import { batchGetRepositoryScanningConfiguration } from './actions/batch-get-repository-scanning-configuration.ts';
import { createRepository } from './actions/create-repository.ts';
import { deleteLifecyclePolicy } from './actions/delete-lifecycle-policy.ts';
import { deleteRepository } from './actions/delete-repository.ts';
import { deleteRepositoryPolicy } from './actions/delete-repository-policy.ts';
import { describeImageScanFindings } from './actions/describe-image-scan-findings.ts';
import { describeImages } from './actions/describe-images.ts';
import { describeRepositories } from './actions/describe-repositories.ts';
import { getAuthorizationToken } from './actions/get-authorization-token.ts';
import { getLifecyclePolicy } from './actions/get-lifecycle-policy.ts';
import { getRegistryScanningConfiguration } from './actions/get-registry-scanning-configuration.ts';
import { getRepositoryPolicy } from './actions/get-repository-policy.ts';
import { listImages } from './actions/list-images.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { putImage } from './actions/put-image.ts';
import { putImageScanningConfiguration } from './actions/put-image-scanning-configuration.ts';
import { putImageTagMutability } from './actions/put-image-tag-mutability.ts';
import { putLifecyclePolicy } from './actions/put-lifecycle-policy.ts';
import { putRegistryScanningConfiguration } from './actions/put-registry-scanning-configuration.ts';
import { setRepositoryPolicy } from './actions/set-repository-policy.ts';
import { startImageScan } from './actions/start-image-scan.ts';
import { tagResource } from './actions/tag-resource.ts';
import { untagResource } from './actions/untag-resource.ts';
import { digestOf } from './digest.ts';
import { imageNotFound, repositoryNotFound } from './errors.ts';
import { parseImageReference } from './image-reference.ts';
import { expiredImages, parseLifecyclePolicy } from './lifecycle-policy.ts';
import { linuxChild, readManifest } from './manifest.ts';
import { mediaTypes } from './media-types.ts';
import type { Image, Repository } from './model.ts';
import { scanText, severityCounts } from './scan-view.ts';
import { Scanner } from './scanner.ts';
import { matchesTagFilter } from './tag-filter.ts';

/** "Images are expired within 24 hours" of becoming eligible. */
const lifecycleMs = 86_400_000;

export interface NewImage {
  readonly repository: string;
  readonly tags: readonly string[];
  readonly config: StoredImage['config'];
  /** Layers, lowest first: tar, compressed with gzip or not. */
  readonly layers: readonly Uint8Array[];
}

/** Amazon ECR: the private registry of the account. */
export class EcrService implements SimulatedService, ImageSource {
  readonly name = 'ecr';
  readonly ctx: ServiceContext;
  readonly repositories = new Map<string, Repository>();
  /** Blobs of all repositories; which repository may hand one out is kept with the repository. */
  readonly #blobs = new Map<string, Uint8Array>();
  readonly scanner: Scanner;

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<EcrService, any, any>>> = {
    BatchDeleteImage: batchDeleteImage,
    BatchGetImage: batchGetImage,
    BatchGetRepositoryScanningConfiguration: batchGetRepositoryScanningConfiguration,
    CreateRepository: createRepository,
    DeleteLifecyclePolicy: deleteLifecyclePolicy,
    DeleteRepository: deleteRepository,
    DeleteRepositoryPolicy: deleteRepositoryPolicy,
    DescribeImageScanFindings: describeImageScanFindings,
    DescribeImages: describeImages,
    DescribeRepositories: describeRepositories,
    GetAuthorizationToken: getAuthorizationToken,
    GetLifecyclePolicy: getLifecyclePolicy,
    GetRegistryScanningConfiguration: getRegistryScanningConfiguration,
    GetRepositoryPolicy: getRepositoryPolicy,
    ListImages: listImages,
    ListTagsForResource: listTagsForResource,
    PutImage: putImage,
    PutImageScanningConfiguration: putImageScanningConfiguration,
    PutImageTagMutability: putImageTagMutability,
    PutLifecyclePolicy: putLifecyclePolicy,
    PutRegistryScanningConfiguration: putRegistryScanningConfiguration,
    SetRepositoryPolicy: setRepositoryPolicy,
    StartImageScan: startImageScan,
    TagResource: tagResource,
    UntagResource: untagResource,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
    this.scanner = new Scanner(ctx, {
      labelsOf: (image) => this.#labelsOf(image),
      tagsOf: (repository, image) => this.tagsOf(repository, image),
    });
  }

  // The image source.

  find(reference: string): StoredImage | undefined {
    const parsed = parseImageReference(reference);
    const repository = parsed && this.repositories.get(parsed.repository);
    if (!repository) return undefined;
    const digest = parsed.digest ?? repository.imageTags.get(parsed.tag ?? '');
    const image = digest === undefined ? undefined : repository.images.get(digest);
    return image && this.#stored(repository, image);
  }

  #stored(repository: Repository, image: Image): StoredImage | undefined {
    const manifest = readManifest(image.manifest, image.mediaType);
    if (manifest.kind === 'index') {
      const child = linuxChild(manifest.manifests);
      const found = child && repository.images.get(child.digest);
      return found && this.#stored(repository, found);
    }
    return {
      repository: repository.name,
      digest: image.digest,
      config: this.#configOf(manifest.config.digest),
      layers: manifest.layers.map((layer) => ({
        digest: layer.digest,
        mediaType: layer.mediaType ?? mediaTypes.ociLayer,
        read: () => this.#blobs.get(layer.digest) ?? new Uint8Array(),
      })),
      compressedBytes: manifest.layers.reduce((sum, layer) => sum + layer.size, 0),
    };
  }

  #configOf(digest: string): StoredImage['config'] {
    const text = new TextDecoder().decode(this.#blobs.get(digest));
    return (JSON.parse(text) as { readonly config?: StoredImage['config'] }).config ?? {};
  }

  /** None of what is no image: an index, or an artifact whose configuration is no document of an image. */
  #labelsOf(image: Image): Readonly<Record<string, string>> {
    const manifest = readManifest(image.manifest, image.mediaType);
    if (manifest.kind === 'index') return {};
    try {
      return this.#configOf(manifest.config.digest).Labels ?? {};
    } catch {
      return {};
    }
  }

  // Writing images.

  /** Builds an image and pushes it, as a client of the registry would. @throws AwsError */
  store(given: NewImage): StoredImage {
    const repository = this.repository(given.repository);
    const layers = given.layers.map((bytes) => ({
      mediaType: isGzip(bytes) ? mediaTypes.ociLayer : mediaTypes.ociLayer.replace('+gzip', ''),
      digest: this.putBlob(repository, bytes),
      size: bytes.byteLength,
    }));
    const config = encode({
      architecture: 'amd64',
      os: 'linux',
      config: given.config,
      rootfs: {
        type: 'layers',
        diff_ids: given.layers.map((bytes) => digestOf(isGzip(bytes) ? gunzipSync(bytes) : bytes)),
      },
    });
    const manifest = encode({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: {
        mediaType: mediaTypes.ociConfig,
        digest: this.putBlob(repository, config),
        size: config.byteLength,
      },
      layers,
    });
    let image: Image | undefined;
    for (const tag of given.tags.length > 0 ? given.tags : [undefined])
      image = this.putManifest(repository, manifest, mediaTypes.ociManifest, tag);
    return this.#stored(repository, image as Image) as StoredImage;
  }

  /** @returns its digest */
  putBlob(repository: Repository, bytes: Uint8Array): string {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    repository.blobs.add(digest);
    return digest;
  }

  blob(repository: Repository, digest: string): Uint8Array | undefined {
    return repository.blobs.has(digest) ? this.#blobs.get(digest) : undefined;
  }

  /** Puts a manifest, with a tag or without, and tells the event bus. Nothing happens when it is there already. @throws AwsError */
  putManifest(
    repository: Repository,
    bytes: Uint8Array,
    statedType: string | undefined,
    tag: string | undefined,
  ): Image {
    const manifest = readManifest(bytes, statedType);
    const digest = digestOf(bytes);
    this.#requireParts(repository, manifest);
    const tagged = tag === undefined ? undefined : repository.imageTags.get(tag);
    if (tag !== undefined && tagged !== undefined && tagged !== digest && isImmutable(repository, tag))
      throw new AwsError(
        'ImageTagAlreadyExistsException',
        `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
      );
    const known = repository.images.get(digest);
    if (known && (tag === undefined || tagged === digest)) return known;
    const image: Image = known ?? {
      digest,
      manifest: bytes,
      mediaType: manifest.mediaType,
      pushedMs: this.ctx.kernel.now(),
      sizeInBytes:
        manifest.kind === 'image'
          ? manifest.config.size + manifest.layers.reduce((sum, layer) => sum + layer.size, 0)
          : 0,
      scan: undefined,
    };
    repository.images.set(digest, image);
    if (tag !== undefined) repository.imageTags.set(tag, digest);
    this.#emitAction('PUSH', repository, digest, tag);
    if (!known) this.scanner.onPush(repository, image);
    return image;
  }

  #requireParts(repository: Repository, manifest: ReturnType<typeof readManifest>): void {
    if (manifest.kind === 'index') {
      const missing = manifest.manifests.filter(({ digest }) => !repository.images.has(digest));
      if (missing.length > 0)
        throw new AwsError(
          'ReferencedImagesNotFoundException',
          `Some of the images referenced by the manifest list do not exist: [${missing.map(({ digest }) => digest).join(', ')}]`,
        );
      return;
    }
    const missing = [manifest.config, ...manifest.layers.filter(({ urls }) => !urls?.length)].filter(
      ({ digest }) => !repository.blobs.has(digest),
    );
    if (missing.length > 0)
      throw new AwsError(
        'LayersNotFoundException',
        `The following layers do not exist in the repository: [${missing.map(({ digest }) => digest).join(', ')}]`,
      );
  }

  /** Takes a tag away, or an image with all its tags. An image that loses its last tag this way goes with it. */
  deleteImage(repository: Repository, id: ImageIdentifier): readonly ImageIdentifier[] {
    const image = this.image(repository, id);
    const tags = this.tagsOf(repository, image);
    const removed = id.imageTag !== undefined && id.imageDigest === undefined ? [id.imageTag] : tags;
    for (const tag of removed) repository.imageTags.delete(tag);
    if (removed.length === tags.length) repository.images.delete(image.digest);
    for (const tag of removed.length > 0 ? removed : [undefined])
      this.#emitAction('DELETE', repository, image.digest, tag);
    return removed.length > 0
      ? removed.map((imageTag) => ({ imageDigest: image.digest, imageTag }))
      : [{ imageDigest: image.digest }];
  }

  #emitAction(action: 'PUSH' | 'DELETE', repository: Repository, digest: string, tag: string | undefined): void {
    this.ctx.kernel.record('image', { action, repository: repository.name, digest, tag });
    this.ctx.emit({
      source: 'aws.ecr',
      detailType: 'ECR Image Action',
      resources: [],
      detail: {
        result: 'SUCCESS',
        'repository-name': repository.name,
        'image-digest': digest,
        'action-type': action,
        ...(tag === undefined && this.ctx.fidelity.ecr.untaggedPushTag === 'absent' ? {} : { 'image-tag': tag ?? '' }),
      },
      delivery: 'best-effort',
    });
  }

  // Lifecycle.

  /** Expires images once a day for as long as the policy stands. */
  startLifecycle(repository: Repository, text: string): void {
    const rules = parseLifecyclePolicy(text);
    repository.lifecyclePolicyText = text;
    const evaluate = (): void => {
      if (this.repositories.get(repository.name) !== repository || repository.lifecyclePolicyText !== text) return;
      repository.lifecycleEvaluatedMs = this.ctx.kernel.now();
      for (const image of expiredImages(rules, repository, this.ctx.kernel.now()))
        this.deleteImage(repository, { imageDigest: image.digest });
      this.ctx.kernel.afterAws(lifecycleMs, 'ecr-lifecycle', evaluate);
    };
    this.ctx.kernel.afterAws(lifecycleMs, 'ecr-lifecycle', evaluate);
  }

  // Looking things up.

  arnOf(name: string | undefined): string {
    return `arn:aws:ecr:${this.ctx.region}:${this.ctx.accountId}:repository/${name}`;
  }

  uriOf(name: string): string {
    return `${this.ctx.accountId}.dkr.ecr.${this.ctx.region}.amazonaws.com/${name}`;
  }

  /** @throws AwsError */
  repository(name: string | undefined, registryId?: string): Repository {
    const repository = this.repositories.get(name ?? '');
    if (!repository || (registryId !== undefined && registryId !== this.ctx.accountId))
      throw repositoryNotFound(name ?? '', registryId ?? this.ctx.accountId);
    return repository;
  }

  /** @throws AwsError */
  repositoryOfArn(arn: string | undefined): Repository {
    return this.repository(arn?.split(':repository/')[1]);
  }

  policyOf(name: string | undefined): PolicyDocument | undefined {
    return this.repositories.get(name ?? '')?.policy;
  }

  /** @throws AwsError */
  image(repository: Repository, id: ImageIdentifier): Image {
    const tagged = id.imageTag === undefined ? undefined : repository.imageTags.get(id.imageTag);
    const digest = id.imageDigest ?? tagged;
    const image = digest === undefined ? undefined : repository.images.get(digest);
    if (!image || (id.imageTag !== undefined && tagged !== digest))
      throw imageNotFound(id, repository.name, this.ctx.accountId);
    return image;
  }

  tagsOf(repository: Repository, image: Image): string[] {
    return [...repository.imageTags].filter(([, digest]) => digest === image.digest).map(([tag]) => tag);
  }

  /** A repository as AWS answers it. */
  view(repository: Repository): RepositoryView {
    return {
      repositoryArn: repository.arn,
      registryId: this.ctx.accountId,
      repositoryName: repository.name,
      repositoryUri: this.uriOf(repository.name),
      createdAt: new Date(repository.createdMs),
      imageTagMutability: repository.mutability,
      ...(repository.mutabilityExclusions.length > 0
        ? { imageTagMutabilityExclusionFilters: structuredClone(repository.mutabilityExclusions) }
        : {}),
      imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
      encryptionConfiguration: { ...repository.encryption, encryptionType: repository.encryption?.encryptionType },
    };
  }

  /** An image as AWS answers it. */
  detail(repository: Repository, image: Image): ImageDetail {
    const tags = this.tagsOf(repository, image);
    const manifest = readManifest(image.manifest, image.mediaType);
    return {
      registryId: this.ctx.accountId,
      repositoryName: repository.name,
      imageDigest: image.digest,
      ...(tags.length > 0 ? { imageTags: tags } : {}),
      imageSizeInBytes: image.sizeInBytes,
      imagePushedAt: new Date(image.pushedMs),
      ...(image.scan
        ? { imageScanStatus: { status: image.scan.status, description: scanText(image.scan.status) } }
        : {}),
      ...(image.scan?.completedMs === undefined
        ? {}
        : {
            imageScanFindingsSummary: {
              imageScanCompletedAt: new Date(image.scan.completedMs),
              vulnerabilitySourceUpdatedAt: new Date(image.scan.completedMs),
              findingSeverityCounts: severityCounts(image.scan.findings),
            },
          }),
      imageManifestMediaType: image.mediaType,
      ...(manifest.kind === 'image' && manifest.config.mediaType
        ? { artifactMediaType: manifest.config.mediaType }
        : {}),
    };
  }
}

const isImmutable = (repository: Repository, tag: string): boolean => {
  const isExcluded = repository.mutabilityExclusions.some(({ filter = '' }) => matchesTagFilter(filter, tag));
  return repository.mutability.startsWith('IMMUTABLE') !== isExcluded;
};

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
