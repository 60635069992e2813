import { expect, it } from 'vitest';
import { newVersion } from './push-image.ts';

it('gives versions that sort by time and differ within a second', () => {
  expect(newVersion(new Date('2026-01-05T09:00:07.900Z'), '3f9c')).toBe('v20260105-090007-3f9c');
  expect(newVersion(new Date('2026-01-05T09:00:07Z'))).toMatch(/^v20260105-090007-[0-9a-f]{4}$/);
});
