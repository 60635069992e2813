import { describe, expect, it } from 'vitest';
import { checkBurst, checkFence, isHeldBy } from './fence.ts';
import type { Control } from './state.ts';

const lease = { executionArn: 'arn:a', rolloutId: 'push-1', startedAt: '', digest: 'sha256:1', force: false };
const held: Control = { service: 'shop', fence: 3, rollout: lease };
const free: Control = { service: 'shop', fence: 3 };

/** The words of a failed check; undefined when it holds. */
const told = (check: () => void): string | undefined => {
  try {
    check();
    return undefined;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

describe('the lease of a service', () => {
  it('is held by the execution that is named in it, and by none when it is free', () => {
    expect(isHeldBy(held, { executionArn: 'arn:a' })).toBe(true);
    expect(isHeldBy(held, { executionArn: 'arn:b' })).toBe(false);
    expect(isHeldBy(free, { executionArn: 'arn:a' })).toBe(false);
  });

  it('lets only the rollout write that has it, under the fence that it was given', () => {
    expect(told(() => checkFence(held, { rolloutId: 'push-1', fence: 3 }))).toBeUndefined();
    const overtaken = 'FenceLost: shop is held by push-1 now, under fence 3.';
    expect(told(() => checkFence(held, { rolloutId: 'push-1', fence: 2 }))).toBe(overtaken);
    expect(told(() => checkFence(held, { rolloutId: 'push-1', fence: 4 }))).toBe(overtaken);
    expect(told(() => checkFence(held, { rolloutId: 'push-2', fence: 3 }))).toBe(overtaken);
    expect(told(() => checkFence(free, { rolloutId: 'push-1', fence: 3 }))).toBe(
      'FenceLost: shop is held by nobody now, under fence 3.',
    );
  });

  it('lets a burst set counts only through the execution that goes on with it', () => {
    const burst = { burstId: 'b', executionArn: 'arn:b' } as NonNullable<Control['burst']>;
    const bursting: Control = { ...free, burst };
    expect(told(() => checkBurst(bursting, { burstId: 'b', executionArn: 'arn:b' }))).toBeUndefined();
    const lost = 'FenceLost: shop is held by arn:b now.';
    expect(told(() => checkBurst(bursting, { burstId: 'b', executionArn: 'arn:a' }))).toBe(lost);
    expect(told(() => checkBurst(bursting, { burstId: 'a', executionArn: 'arn:b' }))).toBe(lost);
    expect(told(() => checkBurst(free, { burstId: 'b', executionArn: 'arn:b' }))).toBe(
      'FenceLost: shop is held by nobody now.',
    );
  });
});
