import { describe, expect, it } from 'vitest';
import type { ServiceConfiguration } from './configuration.ts';
import { decideStart, type Push } from './decide-start.ts';
import { isKeepTag, keepTag } from './keep-tag.ts';

const service = (trigger: 'push' | 'pipeline'): ServiceConfiguration =>
  ({ service: 'shop', rollout: { trigger } }) as unknown as ServiceConfiguration;
const push = (tag: string | undefined): Push => ({ repository: 'shop', digest: 'sha256:1', tag });

describe('a push', () => {
  it('by a tag starts a rollout of a service whose trigger is the push', () => {
    expect(decideStart(push('v7'), service('push'))).toEqual({ kind: 'start' });
  });

  it('starts none of what is no service, or of a service that its pipeline starts', () => {
    expect(decideStart(push('v7'), undefined)).toEqual({ kind: 'ignore', reason: 'shop is not a service of ours' });
    expect(decideStart(push('v7'), service('pipeline'))).toEqual({
      kind: 'ignore',
      reason: 'rollouts of shop are started by its pipeline',
    });
  });

  it("starts none by the controller's own tag, or it would start itself, and none without a tag", () => {
    const own = keepTag('sha256:1');
    expect(decideStart(push(own), service('push'))).toEqual({
      kind: 'ignore',
      reason: `${own} is the controller's own tag on a proved image`,
    });
    expect(decideStart(push(undefined), service('push'))).toEqual({
      kind: 'ignore',
      reason: 'sha256:1 was pushed without a tag',
    });
  });
});

describe('the keep tag', () => {
  it('is made of the first 24 digits of the digest, and known again', () => {
    expect(keepTag(`sha256:${'0123456789abcdef'.repeat(4)}`)).toBe('spillway-keep-0123456789abcdef01234567');
    expect(isKeepTag('spillway-keep-0123')).toBe(true);
    expect(isKeepTag('v7')).toBe(false);
    expect(isKeepTag('v7-spillway-keep-0123')).toBe(false);
  });
});
