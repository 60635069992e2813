import { describe, expect, it } from 'vitest';
import { isFromThisMachine } from './loopback-only.ts';

describe('the local cloud answers this machine only', () => {
  it.each(['127.0.0.1:4566', 'localhost:8080', 'LOCALHOST', '[::1]:4566', '127.0.0.1'])('takes the host %s', (host) => {
    expect(isFromThisMachine({ host })).toBe(true);
  });

  it.each([
    'evil.example',
    'evil.example:4566',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    '',
    'a b',
    '10.0.0.1:4566',
    undefined,
  ])('refuses the host %s, as a rebound name sends it', (host) => {
    expect(isFromThisMachine({ host })).toBe(false);
  });

  it('takes the origin of its own storefront', () => {
    expect(isFromThisMachine({ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' })).toBe(true);
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1.evil.example'])(
    'refuses the origin %s, as a foreign page sends it',
    (origin) => {
      expect(isFromThisMachine({ host: '127.0.0.1:4566', origin })).toBe(false);
    },
  );
});
