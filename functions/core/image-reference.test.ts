import { describe, expect, it } from 'vitest';
import {
  imageOfRelease,
  namedImage,
  parseImageReference,
  registryHosts,
  registryOf,
  repositoryPathOf,
  repositoryUriOf,
  shortDigest,
} from './image-reference.ts';

const digest = `sha256:${'a1'.repeat(32)}`;

describe('an image reference', () => {
  it.each([
    ['v1', { tag: 'v1' }],
    ['2026-11-23_1.4.0', { tag: '2026-11-23_1.4.0' }],
    [digest, { digest }],
    ['orders-api:v1', { repository: 'orders-api', tag: 'v1' }],
    [`orders-api@${digest}`, { repository: 'orders-api', digest }],
    ['team/orders-api:v1', { repository: 'team/orders-api', tag: 'v1' }],
    ['localhost/orders-api:v1', { registry: 'localhost', repository: 'orders-api', tag: 'v1' }],
    ['127.0.0.1:4566/orders-api:v1', { registry: '127.0.0.1:4566', repository: 'orders-api', tag: 'v1' }],
    [
      `123456789012.dkr.ecr.us-east-1.amazonaws.com/orders-api:v1@${digest}`,
      { registry: '123456789012.dkr.ecr.us-east-1.amazonaws.com', repository: 'orders-api', tag: 'v1', digest },
    ],
  ])('%s is read', (text, expected) => {
    expect(parseImageReference(text)).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    'a b',
    'orders-api@sha256:short',
    'orders-api@',
    `orders-api@${digest}@${digest}`,
    'host.example/orders-api',
    'x:y:z/w:',
    'Orders:v1',
    'orders-api:-v1',
    ':v1',
    '/orders-api:v1',
    `@${digest}`,
  ])('%j is none', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });

  it('splits what a task definition holds into repository and path', () => {
    expect(repositoryUriOf('host:4566/team/shop:v1')).toBe('host:4566/team/shop');
    expect(repositoryUriOf(`host:4566/shop@${digest}`)).toBe('host:4566/shop');
    expect(repositoryUriOf('host:4566/shop')).toBe('host:4566/shop');
    expect(repositoryPathOf('host:4566/team/shop')).toBe('team/shop');
    expect(repositoryPathOf('team/shop')).toBe('team/shop');
    expect(repositoryPathOf('localhost/shop')).toBe('shop');
    expect(repositoryPathOf('registry.example/shop')).toBe('shop');
    expect(repositoryPathOf('shop')).toBe('shop');
    expect(registryOf('host:4566/team/shop')).toBe('host:4566');
    expect(registryOf('localhost/shop')).toBe('localhost');
    expect(registryOf('team/shop')).toBeUndefined();
    expect(repositoryUriOf('shop')).toBe('shop');
    expect(repositoryUriOf('shop:v1')).toBe('shop');
  });

  it('of a release is the one that is pinned to it, or the first from its repository, and none of another', () => {
    const release = { repository: 'shop', digest };
    const [beside, pinned, foreign] = [
      'host.example/shop:metrics',
      `host.example/shop@${digest}`,
      `shop-b@${digest}`,
    ].map((image) => ({ image }));
    expect(imageOfRelease([foreign, beside, pinned] as { image: string }[], release)).toBe(pinned);
    expect(imageOfRelease([foreign, beside] as { image: string }[], release)).toBe(beside);
    expect(imageOfRelease([foreign] as { image: string }[], release)).toBeUndefined();
  });

  it('is shown with the first twelve digits of its digest', () => {
    expect(shortDigest(digest)).toBe('sha256:a1a1a1a1a1a1');
  });
});

describe('an image of a service', () => {
  const registry = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  const china = '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn';
  const named = (text: string, host = registry, endpoint?: string) =>
    namedImage(text, { service: 'shop', repository: 'team/shop', hosts: registryHosts(host, endpoint) });
  const accepted =
    'Accepted is a tag, a digest (sha256: and 64 hexadecimal digits) or a full reference in ' +
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/shop.';

  it.each([
    ['v1', { tag: 'v1' }],
    [digest, { digest }],
    ['team/shop:v1', { tag: 'v1' }],
    [`team/shop@${digest}`, { digest }],
    [`${registry}/team/shop:v1@${digest}`, { tag: 'v1', digest }],
  ])('is named by %s', (text, expected) => {
    expect(named(text)).toStrictEqual({ kind: 'named', ...expected });
  });

  it.each([
    [registry, registry],
    [registry, '123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com'],
    [registry, '123456789012.dkr-ecr.eu-west-1.on.aws'],
    [registry, '123456789012.dkr-ecr-fips.eu-west-1.on.aws'],
    [china, china],
    [china, '123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn'],
  ])('in %s may be asked for at %s', (own, host) => {
    expect(named(`${host}/team/shop:v1`, own)).toEqual({ kind: 'named', tag: 'v1' });
  });

  it.each([
    [registry, 'ghcr.io'],
    [registry, 'docker.io'],
    [registry, 'localhost'],
    [registry, '127.0.0.1:4566'],
    [registry, `${registry}:443`],
    [registry, '999999999999.dkr.ecr.eu-west-1.amazonaws.com'],
    [registry, '123456789012.dkr.ecr.eu-west-2.amazonaws.com'],
    [registry, '123456789012.dkr-ecr.eu-west-2.on.aws'],
    [registry, '123456789012.dkr-ecr.eu-west-1.amazonaws.com'],
    [registry, '123456789012.dkr.ecr.eu-west-1.on.aws'],
    [registry, china],
    [registry, `${registry}.cn`],
    [china, china.slice(0, -'.cn'.length)],
    [china, '123456789012.dkr-ecr.cn-north-1.on.aws'],
  ])('in %s is not what %s has by its tag', (own, host) => {
    expect(named(`${host}/team/shop:v1`, own)).toMatchObject({ kind: 'mistaken' });
  });

  it.each([
    ['http://127.0.0.1:4566', '127.0.0.1:4566', true],
    ['http://127.0.0.1:4566/', '127.0.0.1:4566', true],
    ['http://127.0.0.1:4566', 'localhost:4566', true],
    ['http://127.0.0.1', '127.0.0.1', true],
    ['http://127.0.0.1', 'localhost', true],
    ['https://aws.example:443', 'aws.example:443', true],
    ['http://127.0.0.1:4566', '127.0.0.1:4567', false],
    ['http://127.0.0.1:4566', 'localhost:4567', false],
    ['http://aws.example:4566', 'localhost:4566', false],
    ['http://127.0.0.1.example:4566', 'localhost:4566', false],
    ['http://aws-127.0.0.1:4566', 'aws-localhost:4566', false],
    ['127.0.0.1:4566', '127.0.0.1:4566', false],
    ['tcp+http://127.0.0.1:4566', '127.0.0.1:4566', false],
  ])('where %s stands in for AWS: at %s, %s', (endpoint, host, expected) => {
    const { kind } = named(`${host}/team/shop:v1`, registry, endpoint);
    expect(kind).toBe(expected ? 'named' : 'mistaken');
    expect(named(`${registry}/team/shop:v1`, registry, endpoint).kind).toBe('named');
  });

  it('has no dual-stack host where the partition has none', () => {
    expect(registryHosts('123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov', undefined)).toEqual([
      '123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov',
      '123456789012.dkr.ecr-fips.us-iso-east-1.c2s.ic.gov',
    ]);
  });

  it.each([
    ['a b', "'a b' names no image of shop."],
    ['shop:v1', 'The image shop:v1 is in the repository shop, which is not that of shop.'],
    [
      'ghcr.io/team/other:v1',
      'The image ghcr.io/team/other:v1 is in the repository team/other, which is not that of shop.',
    ],
    ['ghcr.io/team/shop:v1', 'The image ghcr.io/team/shop:v1 is in the registry ghcr.io, which is not that of shop.'],
  ])('%s: what is wrong, where, and what is accepted', (text, what) => {
    expect(named(text)).toEqual({ kind: 'mistaken', reason: `${what} ${accepted}` });
  });
});
