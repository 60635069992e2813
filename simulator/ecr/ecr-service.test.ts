import { gzipSync } from 'node:zlib';
import type {
  BatchGetImageResponse,
  DescribeImageScanFindingsResponse,
  DescribeImagesResponse,
  ListImagesResponse,
} from '@aws-sdk/client-ecr';
import { beforeEach, describe, expect, test } from 'vitest';
import { defaultFidelity } from '../cloud/fidelity.ts';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { EcrService } from './ecr-service.ts';

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const layer = (text: string): Uint8Array => new Uint8Array(gzipSync(text));

let world: LoneService<EcrService>;

beforeEach(async () => {
  world = loneService((ctx) => new EcrService(ctx));
  await world.call('CreateRepository', { repositoryName: 'web', imageScanningConfiguration: { scanOnPush: true } });
});

const push = (text: string, ...tags: string[]): string =>
  world.service.store({
    repository: 'web',
    tags,
    config: { Entrypoint: ['node', 'index.mjs'], Env: ['A=1'] },
    layers: [layer('base'), layer(text)],
  }).digest;

/** A manifest list with one image for linux/amd64. */
const pushList = (tag = 'multi'): { readonly list: string; readonly child: string } => {
  const child = push(`child of ${tag}`);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const manifests = [
    {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: child,
      size: 1,
      platform: { os: 'linux', architecture: 'amd64' },
    },
  ];
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  return { list: world.service.putManifest(world.service.repository('web'), bytes, undefined, tag).digest, child };
};

const actions = (): unknown[] =>
  world.events.filter(({ detailType }) => detailType === 'ECR Image Action').map(({ detail }) => detail);

describe('a push', () => {
  test('is announced once for each tag, best effort, with the digest of the manifest', () => {
    const digest = push('one', 'v1', 'latest');
    expect(actions()).toEqual(
      ['v1', 'latest'].map((tag) => ({
        result: 'SUCCESS',
        'repository-name': 'web',
        'image-digest': digest,
        'action-type': 'PUSH',
        'image-tag': tag,
      })),
    );
    expect(world.events[0]).toMatchObject({ source: 'aws.ecr', resources: [], delivery: 'best-effort' });
  });

  test('without a tag has no tag in its event, or an empty one', () => {
    push('one');
    expect(actions()[0]).not.toHaveProperty('image-tag');
    const { ecr } = defaultFidelity;
    const other = loneService((ctx) => new EcrService(ctx), {
      fidelity: { ecr: { ...ecr, untaggedPushTag: 'empty' } },
    });
    return other.call('CreateRepository', { repositoryName: 'web' }).then(() => {
      other.service.store({ repository: 'web', tags: [], config: {}, layers: [] });
      expect(other.events[0]?.detail).toMatchObject({ 'action-type': 'PUSH', 'image-tag': '' });
    });
  });

  test('of what is there already is not announced', () => {
    push('one', 'v1');
    push('one', 'v1');
    expect(actions()).toHaveLength(1);
  });

  test('moves its tag; the image before stays, without it', async () => {
    const first = push('one', 'live');
    const second = push('two', 'live');
    const { imageIds } = await world.call<ListImagesResponse>('ListImages', { repositoryName: 'web' });
    expect(imageIds).toEqual([{ imageDigest: first }, { imageDigest: second, imageTag: 'live' }]);
  });

  test('cannot move an immutable tag', async () => {
    await world.call('PutImageTagMutability', { repositoryName: 'web', imageTagMutability: 'IMMUTABLE' });
    push('one', 'v1');
    expect(() => push('two', 'v1')).toThrow(
      "The image tag 'v1' already exists in the 'web' repository and cannot be overwritten because the tag is immutable.",
    );
  });

  test('needs its layers in the repository', async () => {
    await expect(
      world.call('PutImage', {
        repositoryName: 'web',
        imageManifest: JSON.stringify({
          schemaVersion: 2,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          config: { mediaType: 'c', digest: `sha256:${'0'.repeat(64)}`, size: 1 },
          layers: [],
        }),
      }),
    ).rejects.toMatchObject({ code: 'LayersNotFoundException' });
  });
});

describe('an image reference', () => {
  test('finds an image by tag, by digest, and under the loopback address', () => {
    const digest = push('one', 'v1', 'latest');
    for (const reference of [
      `${host}/web`,
      `${host}/web:v1`,
      `${host}/web@${digest}`,
      `${host}/web:other@${digest}`,
      '127.0.0.1:4566/web:v1',
    ])
      expect(world.service.find(reference)?.digest, reference).toBe(digest);
  });

  test.each([
    `${host}/web:v2`,
    `${host}/other:v1`,
    `${host}/web@sha256:${'0'.repeat(64)}`,
    'nginx:v1',
    'public.ecr.aws/x/web:v1',
  ])('%s finds nothing', (reference) => {
    push('one', 'v1');
    expect(world.service.find(reference)).toBeUndefined();
  });

  test('leads to the configuration and to the layers, lowest first', () => {
    push('one', 'v1');
    const image = world.service.find(`${host}/web:v1`);
    expect(image?.config).toEqual({ Entrypoint: ['node', 'index.mjs'], Env: ['A=1'] });
    expect(image?.layers.map((each) => each.read())).toEqual([layer('base'), layer('one')]);
    expect(image?.compressedBytes).toBe(layer('base').byteLength + layer('one').byteLength);
  });

  test('to an index leads to the image for linux/amd64', () => {
    const repository = world.service.repository('web');
    const [arm, amd] = [push('arm'), push('amd')];
    const descriptor = (digest: string, architecture: string) => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest,
      size: 1,
      platform: { os: 'linux', architecture },
    });
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [descriptor(arm, 'arm64'), descriptor(amd, 'amd64')],
    };
    world.service.putManifest(repository, new TextEncoder().encode(JSON.stringify(index)), undefined, 'multi');
    expect(world.service.find(`${host}/web:multi`)?.digest).toBe(amd);
  });
});

describe('reading', () => {
  test('BatchGetImage tells apart what is there and what is not', async () => {
    const digest = push('one', 'v1');
    const output = await world.call<BatchGetImageResponse>('BatchGetImage', {
      repositoryName: 'web',
      imageIds: [{ imageTag: 'v1' }, { imageTag: 'v2' }],
    });
    expect(output.images).toMatchObject([{ imageId: { imageDigest: digest, imageTag: 'v1' } }]);
    expect(output.failures).toEqual([
      { imageId: { imageTag: 'v2' }, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' },
    ]);
  });

  test('a retagged image is the same image', async () => {
    const digest = push('one', 'v1');
    const { images } = await world.call<BatchGetImageResponse>('BatchGetImage', {
      repositoryName: 'web',
      imageIds: [{ imageTag: 'v1' }],
    });
    const retag = { repositoryName: 'web', imageManifest: images?.[0]?.imageManifest, imageTag: 'keep-1' };
    await world.call('PutImage', retag);
    await expect(world.call('PutImage', retag)).rejects.toMatchObject({ code: 'ImageAlreadyExistsException' });
    const { imageDetails } = await world.call<DescribeImagesResponse>('DescribeImages', { repositoryName: 'web' });
    expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['v1', 'keep-1'] }]);
    // The tag is a push of its own, of the digest that was there.
    expect(actions().at(-1)).toMatchObject({ 'action-type': 'PUSH', 'image-digest': digest, 'image-tag': 'keep-1' });
  });

  test('errors name what is missing', async () => {
    await expect(world.call('DescribeImages', { repositoryName: 'nope' })).rejects.toMatchObject({
      code: 'RepositoryNotFoundException',
      message: "The repository with name 'nope' does not exist in the registry with id '123456789012'",
    });
    await expect(
      world.call('DescribeImages', { repositoryName: 'web', imageIds: [{ imageTag: 'x' }] }),
    ).rejects.toMatchObject({
      code: 'ImageNotFoundException',
      message:
        "The image with imageId {imageDigest:'null', imageTag:'x'} does not exist within the repository with name 'web' in the registry with id '123456789012'",
    });
  });
});

describe('deleting', () => {
  test('a tag takes the image along only with its last tag', async () => {
    push('one', 'a', 'b');
    const drop = (imageTag: string) =>
      world.call('BatchDeleteImage', { repositoryName: 'web', imageIds: [{ imageTag }] });
    await drop('a');
    expect(world.service.find(`${host}/web:b`)).toBeDefined();
    await drop('b');
    expect(world.service.repository('web').images.size).toBe(0);
    expect(actions().slice(2)).toMatchObject([
      { 'action-type': 'DELETE', 'image-tag': 'a' },
      { 'action-type': 'DELETE', 'image-tag': 'b' },
    ]);
  });

  test('an image that a manifest list names goes after the list', async () => {
    const { list, child } = pushList();
    const drop = (imageDigest: string) =>
      world.call('BatchDeleteImage', { repositoryName: 'web', imageIds: [{ imageDigest }] });
    expect(await drop(child)).toEqual({
      imageIds: [],
      failures: [
        {
          imageId: { imageDigest: child },
          failureCode: 'ImageReferencedByManifestList',
          failureReason: `Requested image referenced by manifest list: [${list}]`,
        },
      ],
    });
    await drop(list);
    expect(await drop(child)).toMatchObject({ imageIds: [{ imageDigest: child }], failures: [] });
  });

  test('a repository with images needs force', async () => {
    push('one', 'v1');
    await expect(world.call('DeleteRepository', { repositoryName: 'web' })).rejects.toMatchObject({
      code: 'RepositoryNotEmptyException',
    });
    await world.call('DeleteRepository', { repositoryName: 'web', force: true });
    expect(world.service.find(`${host}/web:v1`)).toBeUndefined();
  });
});

describe('scans', () => {
  test('a scan on push ends with an event; severities without findings are absent', async () => {
    const digest = push('one', 'v1');
    await world.pass(60_000);
    expect(world.events.at(-1)).toMatchObject({
      detailType: 'ECR Image Scan',
      resources: ['arn:aws:ecr:us-east-1:123456789012:repository/web'],
      detail: {
        'scan-status': 'COMPLETE',
        'repository-name': 'web',
        'finding-severity-counts': {},
        'image-digest': digest,
        'image-tags': ['v1'],
      },
    });
  });

  const findings = (digest: string, more: object = {}) =>
    world.call<DescribeImageScanFindingsResponse>('DescribeImageScanFindings', {
      repositoryName: 'web',
      imageId: { imageDigest: digest },
      ...more,
    });

  test('findings that were planned for a digest are found, a page at a time', async () => {
    const digest = push('one', 'v1');
    world.service.scanner.plan(digest, {
      findings: [
        { name: 'CVE-1', severity: 'CRITICAL' },
        { name: 'CVE-2', severity: 'CRITICAL' },
      ],
    });
    const second = push('two', 'v2');
    world.service.scanner.plan(second, { end: 'failed' });
    await world.call('BatchDeleteImage', { repositoryName: 'web', imageIds: [{ imageTag: 'v1' }, { imageTag: 'v2' }] });
    push('one', 'v1');
    push('two', 'v2');
    await world.pass(60_000);
    const first = await findings(digest, { maxResults: 1 });
    expect(first.imageScanFindings).toMatchObject({
      findingSeverityCounts: { CRITICAL: 2 },
      findings: [{ name: 'CVE-1' }],
    });
    const next = await findings(digest, { maxResults: 1, nextToken: first.nextToken });
    expect(next.imageScanFindings?.findings).toEqual([{ name: 'CVE-2', severity: 'CRITICAL' }]);
    expect(next.nextToken).toBeUndefined();
    expect((await findings(second)).imageScanStatus?.status).toBe('FAILED');
  });

  const pushLabelled = (Labels: Readonly<Record<string, string>>): string =>
    world.service.store({ repository: 'web', tags: ['labelled'], config: { Labels }, layers: [] }).digest;

  test('an image says in its labels what is found in it, and that its scan never ends', async () => {
    const worse = pushLabelled({ 'simulator.scan-findings': 'CRITICAL=1, MEDIUM=2' });
    const silent = pushLabelled({ 'simulator.scan': 'never' });
    await world.pass(86_400_000);
    expect((await findings(worse)).imageScanFindings?.findingSeverityCounts).toEqual({ CRITICAL: 1, MEDIUM: 2 });
    expect((await findings(silent)).imageScanStatus?.status).toBe('IN_PROGRESS');
    expect(scanEvents().map((detail) => detail['image-digest'])).toEqual([worse]);
  });

  const scanEvents = () =>
    world.events.filter(({ detailType }) => / Scan$/.test(detailType)).map(({ detail }) => detail);

  test('"each container image may be scanned once per 24 hours", the scan on push included', async () => {
    push('one', 'v1');
    const again = () => world.call('StartImageScan', { repositoryName: 'web', imageId: { imageTag: 'v1' } });
    await world.pass(86_400_000 - 1);
    await expect(again()).rejects.toMatchObject({ code: 'LimitExceededException' });
    await world.pass(1);
    await again();
    await world.pass(30_000);
    expect(scanEvents()).toHaveLength(2);
  });

  describe('by Amazon Inspector', () => {
    const enhance = (scanFrequency: string, filter = '*') =>
      world.call('PutRegistryScanningConfiguration', {
        scanType: 'ENHANCED',
        rules: [{ scanFrequency, repositoryFilters: [{ filter, filterType: 'WILDCARD' }] }],
      });

    test('end with an event of its own shape: the repository by its ARN, and a TOTAL', async () => {
      await enhance('SCAN_ON_PUSH');
      const digest = pushLabelled({ 'simulator.scan-findings': 'CRITICAL=1,HIGH=2' });
      expect((await findings(digest)).imageScanStatus?.status).toBe('PENDING');
      await world.pass(90_000);
      expect(world.events.at(-1)).toEqual({
        source: 'aws.inspector2',
        detailType: 'Inspector2 Scan',
        resources: ['arn:aws:ecr:us-east-1:123456789012:repository/web'],
        detail: {
          'scan-status': 'INITIAL_SCAN_COMPLETE',
          'repository-name': 'arn:aws:ecr:us-east-1:123456789012:repository/web',
          'finding-severity-counts': { CRITICAL: 1, HIGH: 2, TOTAL: 3 },
          'image-digest': digest,
          'image-tags': ['labelled'],
        },
        delivery: 'best-effort',
      });
      const found = await findings(digest);
      expect(found.imageScanStatus?.status).toBe('COMPLETE');
      expect(found.imageScanFindings?.findings).toBeUndefined();
      expect(found.imageScanFindings?.enhancedFindings).toHaveLength(3);
      expect(found.imageScanFindings?.enhancedFindings?.[0]).toMatchObject({ severity: 'CRITICAL', status: 'ACTIVE' });
    });

    test('leave a continuously scanned image ACTIVE', async () => {
      await enhance('CONTINUOUS_SCAN');
      const digest = push('one', 'v1');
      await world.pass(90_000);
      expect((await findings(digest)).imageScanStatus?.status).toBe('ACTIVE');
    });

    test("take the place of the repository's own setting, and of scans by hand", async () => {
      await enhance('SCAN_ON_PUSH', 'other-*');
      const digest = push('one', 'v1');
      await world.pass(90_000);
      await expect(findings(digest)).rejects.toMatchObject({ code: 'ScanNotFoundException' });
      await expect(
        world.call('StartImageScan', { repositoryName: 'web', imageId: { imageTag: 'v1' } }),
      ).rejects.toMatchObject({ code: 'ValidationException', message: 'This feature is disabled' });
    });

    test('begin with what was there when they were configured', async () => {
      const digest = push('one', 'v1');
      await world.pass(60_000);
      await enhance('SCAN_ON_PUSH');
      await world.pass(90_000);
      expect(scanEvents().at(-1)).toMatchObject({ 'scan-status': 'INITIAL_SCAN_COMPLETE', 'image-digest': digest });
    });

    test('are told of by the registry and for each repository', async () => {
      expect(await world.call('GetRegistryScanningConfiguration')).toMatchObject({
        scanningConfiguration: { scanType: 'BASIC', rules: [] },
      });
      await enhance('CONTINUOUS_SCAN', 'we*');
      expect(await world.call('GetRegistryScanningConfiguration')).toMatchObject({
        scanningConfiguration: { scanType: 'ENHANCED', rules: [{ scanFrequency: 'CONTINUOUS_SCAN' }] },
      });
      expect(
        await world.call('BatchGetRepositoryScanningConfiguration', { repositoryNames: ['web', 'gone'] }),
      ).toMatchObject({
        scanningConfigurations: [{ repositoryName: 'web', scanOnPush: true, scanFrequency: 'CONTINUOUS_SCAN' }],
        failures: [{ repositoryName: 'gone', failureCode: 'REPOSITORY_NOT_FOUND' }],
      });
      await expect(enhance('MANUAL')).rejects.toMatchObject({ code: 'InvalidParameterException' });
    });
  });

  test('are of the images of a manifest list, not of the list', async () => {
    const { list, child } = pushList();
    await world.pass(60_000);
    expect((await findings(child)).imageScanStatus?.status).toBe('COMPLETE');
    await expect(findings(list)).rejects.toMatchObject({ code: 'ScanNotFoundException' });
    await expect(
      world.call('StartImageScan', { repositoryName: 'web', imageId: { imageDigest: list } }),
    ).rejects.toMatchObject({ code: 'UnsupportedImageTypeException' });
  });

  test('an image that was never scanned has no scan', async () => {
    await world.call('PutImageScanningConfiguration', {
      repositoryName: 'web',
      imageScanningConfiguration: { scanOnPush: false },
    });
    push('one', 'v1');
    await expect(
      world.call('DescribeImageScanFindings', { repositoryName: 'web', imageId: { imageTag: 'v1' } }),
    ).rejects.toMatchObject({ code: 'ScanNotFoundException' });
  });
});

describe('lifecycle policies', () => {
  const day = 86_400_000;
  const tagged = (rulePriority: number, tagPatternList: string[], countNumber: number) => ({
    rulePriority,
    selection: { tagStatus: 'tagged', tagPatternList, countType: 'imageCountMoreThan', countNumber },
    action: { type: 'expire' },
  });
  const untagged = (rulePriority: number, countNumber: number) => ({
    rulePriority,
    selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber },
    action: { type: 'expire' },
  });
  const put = (...rules: object[]) =>
    world.call('PutLifecyclePolicy', { repositoryName: 'web', lifecyclePolicyText: JSON.stringify({ rules }) });
  const left = () => [...world.service.repository('web').imageTags.keys()];

  test('keep the newest of a kind', async () => {
    for (const tag of ['v1', 'v2', 'v3']) {
      push(tag, tag);
      await world.pass(1_000);
    }
    await put(tagged(1, ['v*'], 2));
    await world.pass(day + 1);
    expect(left()).toEqual(['v2', 'v3']);
  });

  test('a rule spares what it selects from the rules after it', async () => {
    push('one', 'v1', 'keep-1');
    await world.pass(1_000);
    push('two', 'v2');
    await world.pass(1_000);
    push('three', 'v3');
    await put(tagged(1, ['keep-*'], 1_000_000), tagged(2, ['*'], 1));
    await world.pass(day + 1);
    expect(left()).toEqual(['v1', 'keep-1', 'v3']);
  });

  test('spare the untagged images of a manifest list that stays', async () => {
    const { child } = pushList();
    await put(untagged(1, 1));
    await world.pass(3 * day);
    expect([...world.service.repository('web').images.keys()]).toContain(child);
    await world.call('BatchDeleteImage', { repositoryName: 'web', imageIds: [{ imageTag: 'multi' }] });
    await world.pass(day);
    expect(world.service.repository('web').images.size).toBe(0);
  });

  test('tell each image that they expire by an event', async () => {
    push('one', 'v1');
    await put(tagged(1, ['v*'], 1));
    await world.pass(1_000);
    push('two', 'v2');
    await world.pass(day + 1);
    expect(actions().at(-1)).toMatchObject({ 'action-type': 'DELETE', 'image-tag': 'v1' });
  });

  test('expire untagged images by age', async () => {
    push('one', 'live');
    push('two', 'live');
    await put(untagged(1, 14));
    await world.pass(14 * day);
    expect(world.service.repository('web').images.size).toBe(2);
    await world.pass(day);
    expect(world.service.repository('web').images.size).toBe(1);
  });

  test.each([
    ['no JSON', '{'],
    ['no rules', '{}'],
    ['an unknown count', JSON.stringify({ rules: [{ ...untagged(1, 1), selection: { tagStatus: 'any' } }] })],
    ['the same priority twice', JSON.stringify({ rules: [untagged(1, 1), untagged(1, 2)] })],
  ])('with %s are refused', async (_what, lifecyclePolicyText) => {
    await expect(
      world.call('PutLifecyclePolicy', { repositoryName: 'web', lifecyclePolicyText }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});
