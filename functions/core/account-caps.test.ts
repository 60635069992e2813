import { describe, expect, it } from 'vitest';
import { asksAgain, type SeenAccount, toAccountCaps, type Unread, unreadSentence } from './account-caps.ts';

const nowMs = Date.parse('2026-11-23T12:00:00Z');
const agoMs = (seconds: number): number => nowMs - seconds * 1_000;
const seen = { quotaVcpus: 6, otherVcpus: { onDemand: 1.5, spot: 0 }, freeAddresses: 3 };
const twin = { tasks: 2, cpuUnits: 512 };

describe('what an account leaves', () => {
  it('is the quota without what other services use of it, and the free addresses beside those of its own tasks', () => {
    expect(toAccountCaps(seen, twin, undefined, nowMs)).toEqual({
      atMs: nowMs,
      vcpuQuota: 9,
      vcpus: { onDemand: 6, spot: undefined, others: { onDemand: 1.5, spot: 0 } },
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
      vcpus: { onDemand: undefined, spot: undefined, others: { onDemand: 1, spot: 0 } },
      unread: [
        "the account's Fargate vCPU quota could not be read (AccessDeniedException)",
        "the subnets' free addresses could not be read (RequestLimitExceeded)",
      ],
    });
    expect(unreadSentence(first)).toBe(
      " The account's Fargate vCPU quota could not be read (AccessDeniedException), and the subnets' free addresses could not be read (RequestLimitExceeded): caps are as far as they are known.",
    );
    const known = { atMs: agoMs(60), vcpus: { onDemand: 4.5 }, vcpuQuota: 9, subnetAddresses: 4, unread: [] };
    expect(toAccountCaps(blind, twin, known, nowMs)).toMatchObject({ vcpuQuota: 7, subnetAddresses: 4 });
  });

  it('counts for other services that cannot be read what it last did, or nothing, and says that', () => {
    const before = toAccountCaps(seen, twin, undefined, nowMs);
    expect(toAccountCaps({ ...seen, otherVcpus: { error: 'X' } }, twin, before, nowMs).vcpuQuota).toBe(9);
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

  const read = (
    quotaVcpus: number | Unread,
    spotVcpus: number | Unread,
    otherVcpus: SeenAccount['otherVcpus'] = others,
  ) => ({
    ...seen,
    quotaVcpus,
    otherVcpus,
    spot: { share, quotaVcpus: spotVcpus },
  });
  const denied = { error: 'AccessDeniedException' };

  it('is bounded by the quota that can be read while the other one never could, and says so', () => {
    const caps = toAccountCaps(read(3.5, denied), twin, undefined, nowMs);
    expect(caps).toEqual({
      atMs: nowMs,
      vcpuQuota: 6,
      vcpus: { onDemand: 3.5, others },
      subnetAddresses: 5,
      unread: ["the account's Fargate Spot vCPU quota could not be read (AccessDeniedException)"],
    });
    expect(toAccountCaps(read(denied, 1), twin, undefined, nowMs).vcpuQuota).toBe(5);
    const dark = toAccountCaps(read(denied, denied), twin, undefined, nowMs);
    expect(dark).not.toHaveProperty('vcpuQuota');
    expect(dark.unread).toHaveLength(2);
    // Where all beyond the base run on Spot, room on demand for the base bounds nothing.
    const all = { ...read(3, denied), spot: { share: { share: 1, onDemandBase: 2 }, quotaVcpus: denied } };
    expect(toAccountCaps(all, twin, undefined, nowMs)).not.toHaveProperty('vcpuQuota');
  });

  it('keeps what was last read of a quota, and takes what is new of the other one', () => {
    const before = toAccountCaps(read(3.5, 1), twin, undefined, nowMs);
    expect(before.vcpuQuota).toBe(5);
    // Spot stays at 1 task; on demand falls to 2, and rises without the cap going beyond Spot's.
    expect(toAccountCaps(read(2.5, denied), twin, before, nowMs).vcpuQuota).toBe(2);
    expect(toAccountCaps(read(60, denied), twin, before, nowMs).vcpuQuota).toBe(5);
    expect(toAccountCaps(read(denied, 60), twin, before, nowMs).vcpuQuota).toBe(6);
    expect(toAccountCaps(read(denied, denied), twin, before, nowMs)).toMatchObject({
      vcpuQuota: 5,
      vcpus: before.vcpus,
    });
    expect(toAccountCaps(read(6, 1, { error: 'X' }), twin, before, nowMs).vcpuQuota).toBe(5);
    expect(toAccountCaps(read(6, 1, { error: 'X' }), twin, undefined, nowMs).vcpuQuota).toBe(7);
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
