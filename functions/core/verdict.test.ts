import { describe, expect, it } from 'vitest';
import { ExpectedFailure, nameOf } from './errors.ts';
import { emptyControl, scannedDigest } from './state.ts';
import { endOf, exitCodeOf, verdicts } from './verdict.ts';

describe('an end', () => {
  it('is the entry of its list, of a rollout or of a burst, with its sentence where no reason is given', () => {
    for (const { of, verdict, cause, succeeded, sentence } of verdicts) {
      expect(endOf(of, verdict as never, cause as never)).toMatchObject({
        verdict,
        cause,
        succeeded,
        reason: sentence,
      });
    }
    expect(endOf('rollout', 'refused', 'frozen', 'By ada.').reason).toBe('By ada.');
    expect(endOf('burst', 'refused', 'unknown-service').error).toBe('BurstRefused.unknown-service');
    expect(endOf('rollout', 'refused', 'unknown-service').error).toBe('RolloutRefused.unknown-service');
  });

  it('is never one that is not in the list, nor one of another verdict', () => {
    const sentence = '(completed, frozen) is no end of a rollout';
    expect(() => endOf('rollout', 'completed', 'frozen' as never)).toThrow(new TypeError(sentence));
    expect(() => endOf('burst', 'completed' as never, 'proved' as never)).toThrow(TypeError);
  });

  it('has the exit code of its entry, and 1 where there is none', () => {
    for (const { of, verdict, cause, exitCode } of verdicts) expect(exitCodeOf(of, { verdict, cause })).toBe(exitCode);
    expect(exitCodeOf('rollout', { verdict: 'completed', cause: 'unheard-of' })).toBe(1);
    expect(exitCodeOf('rollout', { verdict: 'unheard-of', cause: 'proved' })).toBe(1);
    expect(exitCodeOf('burst', { verdict: 'completed', cause: 'proved' })).toBe(1);
  });

  it('leaves the command line with 0 only where all that was wanted is there', () => {
    const codes = new Map(
      verdicts.map(({ of, verdict, cause, exitCode }) => [`${of} ${verdict} (${cause})`, exitCode]),
    );
    expect(codes.get('rollout completed (proved)')).toBe(0);
    expect(codes.get('rollout deferred (site-away)')).toBe(3);
    expect(codes.get('rollout refused (frozen)')).toBe(2);
    expect(codes.get('burst joined (already-bursting)')).toBe(3);
    expect(codes.get('burst recall-failed (needs-a-person)')).toBe(6);
  });
});

describe('an expected failure', () => {
  it('is known by its name, whatever a bundler calls its class, and keeps its cause', () => {
    const cause = new Error('below');
    const failure = new ExpectedFailure('FenceLost', 'gone', { cause });
    expect([failure.name, failure.message, failure.cause]).toEqual(['FenceLost', 'gone', cause]);
    expect(nameOf(failure)).toBe('FenceLost');
    expect(nameOf(new TypeError('x'))).toBe('TypeError');
    expect(nameOf('thrown text')).toBe('string');
  });
});

it('a service of which nothing is known has no release and the fence 0', () => {
  expect(emptyControl('shop')).toEqual({ service: 'shop', fence: 0 });
});

it('a scan looks at the child of an index, and at an image of one platform itself', () => {
  expect(scannedDigest({ digest: 'sha256:index', acceptedDigests: ['sha256:index', 'sha256:child'] })).toBe(
    'sha256:child',
  );
  expect(scannedDigest({ digest: 'sha256:one', acceptedDigests: ['sha256:one'] })).toBe('sha256:one');
  expect(scannedDigest({ digest: 'sha256:a', acceptedDigests: ['sha256:a', 'sha256:b', 'sha256:c'] })).toBe('sha256:c');
  expect(scannedDigest({ digest: 'sha256:one', acceptedDigests: [] })).toBe('sha256:one');
});
