import { describe, expect, it } from 'vitest';
import { asksAgain, toAccountCaps, unreadSentence } from './account-caps.ts';

const nowMs = Date.parse('2026-11-23T12:00:00Z');
const agoMs = (seconds: number): number => nowMs - seconds * 1_000;
const seen = { quotaVcpus: 6, otherVcpus: { onDemand: 1.5, spot: 0 }, freeAddresses: 3 };
const twin = { tasks: 2, cpuUnits: 512 };

describe('what an account leaves', () => {
  it('is the quota without what other services use of it, and the free addresses beside those of its own tasks', () => {
    expect(toAccountCaps(seen, twin, undefined, nowMs)).toEqual({
      atMs: nowMs,
      vcpuQuota: 9,
      subnetAddresses: 5,
      unread: [],
    });
  });

  it('holds whole tasks, and none where others use more than there is', () => {
    expect(toAccountCaps({ ...seen, otherVcpus: { onDemand: 1.51, spot: 0 } }, twin, undefined, nowMs).vcpuQuota).toBe(
      8,
    );
    expect(toAccountCaps({ ...seen, otherVcpus: { onDemand: 7, spot: 0 } }, twin, undefined, nowMs).vcpuQuota).toBe(0);
  });

  it('is what it last was, or no bound, while it cannot be read, and says so', () => {
    const denied = { error: 'AccessDeniedException' };
    const blind = {
      quotaVcpus: denied,
      otherVcpus: { onDemand: 1, spot: 0 },
      freeAddresses: { error: 'RequestLimitExceeded' },
    };
    const first = toAccountCaps(blind, twin, undefined, nowMs);
    expect(first).toStrictEqual({
      atMs: nowMs,
      unread: [
        "the account's Fargate vCPU quota could not be read (AccessDeniedException)",
        "the subnets' free addresses could not be read (RequestLimitExceeded)",
      ],
    });
    expect(unreadSentence(first)).toBe(
      " The account's Fargate vCPU quota could not be read (AccessDeniedException), and the subnets' free addresses could not be read (RequestLimitExceeded): caps are as far as they are known.",
    );
    const known = { atMs: agoMs(60), vcpuQuota: 7, subnetAddresses: 4, unread: [] };
    expect(toAccountCaps(blind, twin, known, nowMs)).toMatchObject({ vcpuQuota: 7, subnetAddresses: 4 });
  });

  it('counts nothing for other services that cannot be read, and says that', () => {
    const caps = toAccountCaps({ ...seen, otherVcpus: { error: 'ThrottlingException' } }, twin, undefined, nowMs);
    expect(caps.vcpuQuota).toBe(12);
    expect(unreadSentence(caps)).toBe(
      " What other services use of the account's Fargate vCPU quota could not be read (ThrottlingException): caps are as far as they are known.",
    );
    expect(unreadSentence(toAccountCaps(seen, twin, undefined, nowMs))).toBe('');
  });
});

describe('what an account leaves a twin that runs on Spot in part', () => {
  const share = { share: 0.5, onDemandBase: 2 };
  const others = { onDemand: 1.5, spot: 0.5 };

  it('is as many as find room in both quotas, each without what other services use of it', () => {
    const caps = (quotaVcpus: number, spotVcpus: number) =>
      toAccountCaps(
        { ...seen, quotaVcpus, otherVcpus: others, spot: { share, quotaVcpus: spotVcpus } },
        twin,
        undefined,
        nowMs,
      ).vcpuQuota;
    // Of half a vCPU each: 4 on demand of which 2 are the base, and so at most 2 on Spot.
    expect(caps(3.5, 6)).toBe(6);
    expect(caps(6, 1)).toBe(5);
    expect(caps(6, 0.5)).toBe(3);
    expect(caps(1.5, 6)).toBe(0);
  });

  it('is what it last was while the quota of Spot cannot be read, and says so', () => {
    const blind = { ...seen, otherVcpus: others, spot: { share, quotaVcpus: { error: 'AccessDeniedException' } } };
    expect(toAccountCaps(blind, twin, undefined, nowMs)).toEqual({
      atMs: nowMs,
      subnetAddresses: 5,
      unread: ["the account's Fargate Spot vCPU quota could not be read (AccessDeniedException)"],
    });
    const known = { atMs: agoMs(60), vcpuQuota: 7, unread: [] };
    expect(toAccountCaps(blind, twin, known, nowMs).vcpuQuota).toBe(7);
    const dark = { ...blind, quotaVcpus: 6, otherVcpus: { error: 'X' }, spot: { share, quotaVcpus: 1 } };
    expect(toAccountCaps(dark, twin, undefined, nowMs).vcpuQuota).toBe(7);
  });
});

describe('AWS is asked again', () => {
  const known = (seconds: number, change: object = {}) => ({
    atMs: agoMs(seconds),
    vcpuQuota: 9,
    subnetAddresses: 5,
    unread: [],
    ...change,
  });

  it('at the first look, and every five minutes', () => {
    expect(asksAgain(undefined, 0, nowMs)).toBe(true);
    expect(asksAgain(known(299.999), 4, nowMs)).toBe(false);
    expect(asksAgain(known(300), 4, nowMs)).toBe(true);
  });

  it('every minute while a bound is reached, or something could not be read', () => {
    expect(asksAgain(known(60), 4, nowMs)).toBe(false);
    expect(asksAgain(known(60), 5, nowMs)).toBe(true);
    expect(asksAgain(known(59.999), 5, nowMs)).toBe(false);
    expect(asksAgain(known(60, { subnetAddresses: undefined }), 8, nowMs)).toBe(false);
    expect(asksAgain(known(60, { subnetAddresses: undefined }), 9, nowMs)).toBe(true);
    expect(asksAgain(known(60, { vcpuQuota: undefined }), 4, nowMs)).toBe(false);
    expect(asksAgain(known(60, { vcpuQuota: undefined, subnetAddresses: undefined }), 999, nowMs)).toBe(false);
    expect(asksAgain(known(60, { unread: ['one'] }), 0, nowMs)).toBe(true);
  });
});
