import { describe, expect, it } from 'vitest';
import {
  imageOfRelease,
  parseImageReference,
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
