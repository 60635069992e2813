import { describe, expect, it } from 'vitest';
import type { Control, NewestStart, Release, RolloutLease } from './state.ts';
import {
  isOlder,
  type LeaseFacts,
  lastProved,
  leaseLimits,
  newerStart,
  type Start,
  supersededBy,
  takeLease,
} from './take-lease.ts';
import { endOf } from './verdict.ts';

const now = Date.parse('2026-11-23T12:10:00Z');
const limits = leaseLimits({ deadlineSeconds: 1_800, bakeSeconds: 60 });

const start = (name: string, at: string, more: Partial<Start> = {}): Start => ({
  executionArn: `arn:execution:${name}`,
  rolloutId: name,
  startedAt: at,
  askedAt: at,
  dueAt: at,
  digest: `sha256:${name}`,
  goal: 'release',
  force: false,
  concurrency: 'supersede',
  trigger: { kind: 'push' },
  actor: '',
  ...more,
});
const mine = start('b', '2026-11-23T12:05:00.000Z');

const lease = (of: Start): RolloutLease => ({
  executionArn: of.executionArn,
  rolloutId: of.rolloutId,
  startedAt: of.startedAt,
  digest: of.digest,
  force: of.force,
});
const newest = (of: Start): NewestStart => ({
  executionArn: of.executionArn,
  askedAt: of.askedAt,
  startedAt: of.startedAt,
  digest: of.digest,
});
const release = (digest: string): Release => ({
  digest,
  image: `shop@${digest}`,
  rolloutId: 'r',
  askedAt: '2026-11-23T10:58:00.000Z',
  provedAt: '2026-11-23T11:00:00.000Z',
  provedOn: ['shop-fargate'],
  taskDefinitions: { 'shop-fargate': 'td:1' },
  trigger: { kind: 'push' },
});

const facts = (control: Partial<Control>, more: Partial<LeaseFacts> = {}): LeaseFacts => ({
  control: { service: 'shop', fence: 4, ...control },
  joining: undefined,
  joinedEnd: undefined,
  holderRuns: false,
  holderTouched: undefined,
  twinsAtRelease: false,
  earlierWaits: false,
  ...more,
});

describe('a start', () => {
  it('takes a free lease and raises the fence', () => {
    const admission = takeLease(facts({}), mine, limits, now);
    expect(admission).toMatchObject({
      kind: 'admitted',
      fence: 5,
      settleSeconds: 0,
      control: { fence: 5, rollout: lease(mine), newest: newest(mine) },
    });
  });

  it('that holds the lease already is admitted again and changes nothing', () => {
    const given = facts({ fence: 5, rollout: lease(mine) });
    const admission = takeLease(given, mine, limits, now);
    expect(admission).toEqual({ kind: 'admitted', fence: 5, settleSeconds: 0, control: given.control });
    expect(admission.control).toBe(given.control);
    // Twins that somebody left half done may still get a late call.
    const after = facts({ fence: 5, rollout: lease(mine), unsettled: { before: {}, taskDefinitions: [] } });
    expect(takeLease(after, mine, limits, now)).toMatchObject({ kind: 'admitted', settleSeconds: 20 });
  });

  it('waits for a running rollout of another digest', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z');
    const admission = takeLease(
      facts({ rollout: lease(other), newest: newest(other) }, { holderRuns: true }),
      mine,
      limits,
      now,
    );
    expect(admission).toMatchObject({
      kind: 'wait',
      joining: null,
      control: { newest: newest(mine), rollout: lease(other) },
    });
  });

  it('joins a running rollout of the same digest', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z', { digest: mine.digest });
    const admission = takeLease(facts({ rollout: lease(other) }, { holderRuns: true }), mine, limits, now);
    expect(admission).toMatchObject({
      kind: 'wait',
      reason: 'Rollout a is rolling this digest out already: this start ends with its verdict.',
      waitSeconds: 300,
      joining: { rolloutId: 'a', startedAt: '2026-11-23T12:00:00.000Z' },
    });
  });

  it('that joins registers as the newest only under the policy by which others make room for it', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z', { digest: mine.digest });
    const given = facts({ rollout: lease(other) }, { holderRuns: true });
    const seen = (concurrency: Start['concurrency']) =>
      takeLease(given, { ...mine, concurrency }, limits, now).control.newest;
    expect(seen('supersede')).toEqual(newest(mine));
    expect(seen('queue')).toBeUndefined();
    expect(seen('reject')).toBeUndefined();
  });

  it('by force does not join a rollout without force: the restart is still to come', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z', { digest: mine.digest });
    const admission = takeLease(
      facts({ rollout: lease(other) }, { holderRuns: true }),
      { ...mine, force: true },
      limits,
      now,
    );
    expect(admission).toMatchObject({ kind: 'wait', joining: null });
  });

  it('that joined ends with the verdict of the joined rollout, good or bad', () => {
    const end = endOf('rollout', 'rolled-back', 'unhealthy', 'sick');
    const admission = takeLease(facts({}, { joining: { rolloutId: 'a' }, joinedEnd: end }), mine, limits, now);
    expect(admission).toMatchObject({ kind: 'ended', end });
  });

  it('that joined does not end before the lease is free', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z', { digest: mine.digest });
    const end = endOf('rollout', 'completed', 'proved');
    const given = facts({ rollout: lease(other) }, { joining: { rolloutId: 'a' }, joinedEnd: end, holderRuns: true });
    expect(takeLease(given, mine, limits, now).kind).toBe('wait');
  });

  it('that joined a rollout which died without verdict takes over', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z', { digest: mine.digest });
    const given = facts({ rollout: lease(other) }, { joining: { rolloutId: 'a' } });
    expect(takeLease(given, mine, limits, now)).toMatchObject({ kind: 'admitted', fence: 5 });
    // Also when that one is out of the control item already: an end that is not known is no end.
    expect(takeLease(facts({}, { joining: { rolloutId: 'a' } }), mine, limits, now).kind).toBe('admitted');
  });

  it('takes over from a dead execution, waits its last call out and inherits what it left', () => {
    const dead = start('a', '2026-11-23T12:00:00.000Z');
    const touched = {
      before: { 'shop-fargate': { taskDefinition: 'td:1', desiredCount: 2 } },
      taskDefinitions: ['td:2'],
    };
    const admission = takeLease(
      facts({ rollout: lease(dead), newest: newest(dead) }, { holderTouched: touched }),
      mine,
      limits,
      now,
    );
    expect(admission).toMatchObject({ kind: 'admitted', fence: 5, settleSeconds: 20, control: { unsettled: touched } });
  });

  it('keeps the oldest place of a twin when a second execution died too', () => {
    const dead = start('a', '2026-11-23T12:00:00.000Z');
    const unsettled = {
      before: { 'shop-fargate': { taskDefinition: 'td:1', desiredCount: 2 } },
      taskDefinitions: ['td:2'],
    };
    const touched = {
      before: { 'shop-fargate': { taskDefinition: 'td:2', desiredCount: 1 } },
      taskDefinitions: ['td:3'],
    };
    const admission = takeLease(
      facts({ rollout: lease(dead), unsettled }, { holderTouched: touched }),
      mine,
      limits,
      now,
    );
    expect(admission.control.unsettled).toEqual({ before: unsettled.before, taskDefinitions: ['td:2', 'td:3'] });
    const stuck = facts({ rollout: lease(dead), unsettled: { ...unsettled, needsPerson: true } });
    expect(takeLease({ ...stuck, holderTouched: touched }, mine, limits, now).control.unsettled).toEqual({
      before: unsettled.before,
      taskDefinitions: ['td:2', 'td:3'],
      needsPerson: true,
    });
    // A dead rollout that had touched nothing adds nothing.
    expect(takeLease(stuck, mine, limits, now).control.unsettled).toBe(stuck.control.unsettled);
    expect(takeLease(facts({ rollout: lease(dead) }), mine, limits, now).control).not.toHaveProperty('unsettled');
  });

  it('is superseded while it waits once a newer start is known', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z');
    const newer = start('c', '2026-11-23T12:06:00.000Z');
    const given = facts({ rollout: lease(other), newest: newest(newer) }, { holderRuns: true });
    expect(takeLease(given, mine, limits, now)).toMatchObject({
      kind: 'ended',
      end: {
        verdict: 'superseded',
        cause: 'newer-rollout',
        reason:
          'A newer start, asked for at 2026-11-23T12:06:00.000Z, took the place of this one; this one changed nothing.',
      },
    });
  });

  it('never undoes a newer one that ended: a late event of an older push is superseded', () => {
    const newer = start('c', '2026-11-23T12:06:00.000Z');
    const given = facts({ newest: newest(newer), release: release(newer.digest) });
    expect(takeLease(given, mine, limits, now)).toMatchObject({ kind: 'ended', end: { verdict: 'superseded' } });
  });

  it('waits on when the newer start wants the same digest', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z');
    const twin = start('c', '2026-11-23T12:06:00.000Z', { digest: mine.digest });
    const control = { rollout: lease(other), newest: newest(twin) };
    const admission = takeLease(facts(control, { holderRuns: true }), mine, limits, now);
    expect(admission).toMatchObject({ kind: 'wait', control: { newest: newest(twin) } });
    expect(takeLease(facts({ newest: newest(twin) }), mine, limits, now).kind).toBe('admitted');
  });

  it('never undoes a release that was asked for after it, where a newer start of its digest has failed since', () => {
    const failed = start('c', '2026-11-23T12:06:00.000Z', { digest: mine.digest });
    const against = (askedAt: string) =>
      takeLease(facts({ newest: newest(failed), release: { ...release('sha256:a'), askedAt } }), mine, limits, now);
    expect(against('2026-11-23T12:05:01.000Z')).toMatchObject({
      kind: 'ended',
      control: { newest: newest(failed) },
      end: { verdict: 'superseded', cause: 'newer-rollout' },
    });
    // Pushes carry whole seconds: within one nobody is older.
    expect(against('2026-11-23T12:05:00.900Z').kind).toBe('admitted');
    expect(against('2026-11-23T12:04:00.000Z').kind).toBe('admitted');
    // A newer release of its own digest, as after a restart, is not undone by it.
    const restarted = { ...release(mine.digest), askedAt: '2026-11-23T12:05:01.000Z' };
    expect(takeLease(facts({ newest: newest(failed), release: restarted }), mine, limits, now).kind).toBe('admitted');
    // Who asks by force is no newer for that.
    const forced = facts({
      newest: newest(failed),
      release: { ...release('sha256:a'), askedAt: '2026-11-23T12:05:01Z' },
    });
    expect(takeLease(forced, { ...mine, force: true }, limits, now).kind).toBe('ended');
    // The newest start itself, and a refresh, have nobody before them.
    expect(takeLease(forced, failed, limits, now).kind).toBe('admitted');
    expect(takeLease(forced, { ...mine, goal: 'refresh' }, limits, now).kind).toBe('admitted');
  });

  it('that is older but of the running digest joins all the same', () => {
    const newer = start('c', '2026-11-23T12:06:00.000Z', { digest: mine.digest });
    const given = facts({ rollout: lease(newer), newest: newest(newer) }, { holderRuns: true });
    expect(takeLease(given, mine, limits, now)).toMatchObject({ kind: 'wait', joining: { rolloutId: 'c' } });
  });

  it('gives up waiting exactly at its limit', () => {
    const other = start('a', '2026-11-23T12:00:00.000Z');
    const given = facts({ rollout: lease(other) }, { holderRuns: true });
    const from = Date.parse(mine.startedAt);
    expect(takeLease(given, mine, limits, from + limits.waitMaxMs - 1).kind).toBe('wait');
    expect(takeLease(given, mine, limits, from + limits.waitMaxMs)).toMatchObject({
      kind: 'ended',
      end: {
        cause: 'busy',
        reason:
          'Rollout a is under way: this start takes over at its next safe point. After 7260 s that was no longer waited for.',
      },
    });
  });
});

describe('a service that is on the digest already', () => {
  const at = { release: release(mine.digest) };

  it('is left as it is, and the start counts as the newest', () => {
    const admission = takeLease(facts(at, { twinsAtRelease: true }), mine, limits, now);
    expect(admission).toMatchObject({
      kind: 'ended',
      end: {
        cause: 'already-current',
        reason: 'shop was on this release already, since 2026-11-23T11:00:00.000Z; nothing was changed.',
        succeeded: true,
      },
      control: { newest: newest(mine) },
    });
    expect(admission.control.rollout).toBeUndefined();
  });

  it('is rolled out by force', () => {
    expect(takeLease(facts(at, { twinsAtRelease: true }), { ...mine, force: true }, limits, now).kind).toBe('admitted');
  });

  it('is rolled out when a twin has drifted', () => {
    expect(takeLease(facts(at), mine, limits, now).kind).toBe('admitted');
  });

  it('is rolled out when nothing was ever proved on it', () => {
    const unproved = { release: { ...release(mine.digest), provedOn: [] } };
    expect(takeLease(facts(unproved, { twinsAtRelease: true }), mine, limits, now).kind).toBe('admitted');
  });

  it('is rolled out when a dead rollout left something', () => {
    const unsettled = { before: {}, taskDefinitions: ['td:2'] };
    expect(takeLease(facts({ ...at, unsettled }, { twinsAtRelease: true }), mine, limits, now).kind).toBe('admitted');
  });
});

describe('a refresh', () => {
  const refresh = { ...mine, goal: 'refresh' as const, digest: 'sha256:a' };
  const other = start('a', '2026-11-23T12:00:00.000Z');

  it('waits for the running rollout, whatever the policy, and does not make it give way', () => {
    for (const concurrency of ['supersede', 'queue', 'reject'] as const) {
      const given = facts({ rollout: lease(other), newest: newest(other) }, { holderRuns: true });
      const decision = takeLease(given, { ...refresh, concurrency }, limits, now);
      expect(decision).toMatchObject({
        kind: 'wait',
        reason: 'Rollout a is under way: this refresh waits for its end.',
        joining: null,
      });
      expect(newerStart(decision.control, other)).toBeUndefined();
    }
  });

  it('does not join a rollout of the same digest, which may have begun before the template changed', () => {
    const same = { ...other, digest: refresh.digest };
    const given = facts({ rollout: lease(same), newest: newest(same) }, { holderRuns: true });
    expect(takeLease(given, refresh, limits, now)).toMatchObject({ kind: 'wait', joining: null });
  });

  it('has nothing to do where every twin runs the release from the stated templates', () => {
    const given = facts({ release: release(refresh.digest), newest: newest(other) }, { twinsAtRelease: true });
    expect(takeLease(given, refresh, limits, now)).toMatchObject({ kind: 'ended', end: { cause: 'already-current' } });
  });

  it('by force, a restart, waits for another rollout too, and joins a restart of the same digest', () => {
    const restart = { ...refresh, force: true };
    const under = (of: Start) => facts({ rollout: lease(of), newest: newest(other) }, { holderRuns: true });
    for (const concurrency of ['supersede', 'queue'] as const) {
      const decision = takeLease(under(other), { ...restart, concurrency }, limits, now);
      expect(decision).toMatchObject({
        kind: 'wait',
        reason: 'Rollout a is under way: this restart waits for its end.',
        joining: null,
        control: { newest: newest(other) },
      });
    }
    const same = { ...other, digest: restart.digest };
    expect(takeLease(under(same), restart, limits, now)).toMatchObject({ kind: 'wait', joining: null });
    const joined = takeLease(under({ ...same, force: true }), restart, limits, now);
    expect(joined).toMatchObject({ kind: 'wait', joining: { rolloutId: 'a' }, control: { newest: newest(other) } });
  });

  it('by force is refused where a service rejects what comes meanwhile, since a person asked', () => {
    const given = facts({ rollout: lease(other), newest: newest(other) }, { holderRuns: true });
    expect(takeLease(given, { ...refresh, force: true, concurrency: 'reject' }, limits, now)).toMatchObject({
      kind: 'ended',
      control: { newest: newest(other) },
      end: { cause: 'already-rolling-out' },
    });
  });

  it('by force rolls the current release out although every twin runs it, and an image asked for before goes on', () => {
    const waiting = start('v', '2026-11-23T12:01:00.000Z');
    const given = facts({ release: release('sha256:a') }, { twinsAtRelease: true });
    const decision = takeLease(given, { ...refresh, force: true }, limits, now);
    expect(decision).toMatchObject({ kind: 'admitted' });
    expect(decision.control.newest).toBeUndefined();
    const approved = takeLease({ ...given, control: decision.control, holderRuns: true }, waiting, limits, now);
    expect(approved).toMatchObject({ kind: 'wait', control: { newest: newest(waiting) } });
  });

  it('is admitted although its release is current, and takes no place among the starts of images', () => {
    const current = facts({ release: release('sha256:a'), newest: newest(other) });
    const decision = takeLease(current, refresh, limits, now);
    expect(decision).toMatchObject({ kind: 'admitted', control: { newest: newest(other) } });
  });
});

describe('a start that takes back', () => {
  const back = { ...mine, goal: 'take-back' as const };
  const dead = start('a', '2026-11-23T12:00:00.000Z');
  const unsettled = { before: {}, taskDefinitions: ['td:2'] };

  it('goes on with the rollout of a dead execution, under a higher fence', () => {
    expect(takeLease(facts({ rollout: lease(dead) }), back, limits, now)).toMatchObject({
      kind: 'admitted',
      fence: 5,
      settleSeconds: 20,
      adopts: { rolloutId: 'a' },
      control: { fence: 5, rollout: { rolloutId: 'a', executionArn: back.executionArn } },
    });
  });

  it('goes on with the same rollout when it is repeated after a lost answer', () => {
    const adopted = { ...lease(dead), executionArn: back.executionArn };
    expect(takeLease(facts({ rollout: adopted }), back, limits, now)).toMatchObject({
      kind: 'admitted',
      fence: 4,
      settleSeconds: 20,
      adopts: { rolloutId: 'a' },
    });
  });

  it('leaves a running rollout alone, and a service of which nothing was left half done', () => {
    const running = facts({ rollout: lease(dead) }, { holderRuns: true });
    expect(takeLease(running, back, limits, now)).toMatchObject({
      kind: 'ended',
      end: {
        cause: 'already-current',
        reason: 'Rollout a is under way and ends by itself; nothing was changed.',
      },
    });
    expect(takeLease(facts({}), back, limits, now)).toMatchObject({
      kind: 'ended',
      end: { cause: 'already-current', reason: 'Nothing of shop was left half done; nothing was changed.' },
    });
  });

  it('takes the free lease of a service whose twins are unsettled, and is no newer start', () => {
    const decision = takeLease(facts({ unsettled }), back, limits, now);
    expect(decision).toMatchObject({
      kind: 'admitted',
      fence: 5,
      settleSeconds: 0,
      control: { fence: 5, rollout: lease(back), unsettled },
    });
    expect(decision.control.newest).toBeUndefined();
  });
});

describe('the order of starts', () => {
  it('goes by the second in which they were asked for', () => {
    const early = newest(start('z', '2026-11-23T12:00:09.000Z', { askedAt: '2026-11-23T12:00:00Z' }));
    const late = newest(start('a', '2026-11-23T12:00:05.000Z'));
    expect(isOlder(early, late)).toBe(true);
    expect(isOlder(late, early)).toBe(false);
  });

  it('goes by their own start within one second, since events carry whole seconds', () => {
    const push = newest(start('a', '2026-11-23T12:00:02.000Z', { askedAt: '2026-11-23T12:00:00Z' }));
    const hand = newest(start('b', '2026-11-23T12:00:00.900Z'));
    expect(isOlder(push, hand)).toBe(false);
    expect(isOlder(hand, push)).toBe(true);
  });

  it('is never both ways', () => {
    const a = newest(start('a', '2026-11-23T12:00:00.000Z'));
    const b = newest(start('b', '2026-11-23T12:00:00.000Z'));
    expect(isOlder(a, b)).not.toBe(isOlder(b, a));
    expect(isOlder(a, a)).toBe(false);
  });
});

describe('the policy of a service', () => {
  const other = start('a', '2026-11-23T12:00:00.000Z');
  const given = facts({ rollout: lease(other), newest: newest(other) }, { holderRuns: true });
  const decide = (concurrency: Start['concurrency'], more: LeaseFacts = given) =>
    takeLease(more, { ...mine, concurrency }, limits, now);

  it('supersede registers the start, so that the running rollout makes room', () => {
    const { control } = decide('supersede');
    expect(newerStart(control, { ...other })?.executionArn).toBe(mine.executionArn);
  });

  it('queue waits without a word, so that the running rollout goes on to its end', () => {
    const decision = decide('queue');
    expect(decision).toMatchObject({
      kind: 'wait',
      reason: 'Rollout a is under way: this start waits for its end.',
    });
    expect(newerStart(decision.control, { ...other })).toBeUndefined();
  });

  it('queue gives the turn to a start that was asked for earlier', () => {
    expect(decide('queue', facts({ newest: newest(other) }, { earlierWaits: true }))).toMatchObject({
      kind: 'wait',
      reason: 'A start that was asked for earlier has its turn first.',
    });
    expect(decide('queue', facts({ newest: newest(other) })).kind).toBe('admitted');
  });

  it('reject refuses while another rollout runs, and not afterwards', () => {
    expect(decide('reject')).toMatchObject({
      kind: 'ended',
      end: {
        cause: 'already-rolling-out',
        reason: 'Rollout a is under way, and shop rejects a start meanwhile; nothing was changed.',
      },
    });
    expect(decide('reject', facts({ newest: newest(other) })).kind).toBe('admitted');
  });

  it('lets a start of the running digest join, whatever it is', () => {
    for (const concurrency of ['supersede', 'queue', 'reject'] as const) {
      const same = { ...mine, digest: other.digest, concurrency };
      expect(takeLease(given, same, limits, now)).toMatchObject({ kind: 'wait', joining: { rolloutId: 'a' } });
    }
  });
});

describe('a running rollout', () => {
  const running = start('a', '2026-11-23T12:00:00.000Z');
  const control = (start: Start): Control => ({ service: 'shop', fence: 4, newest: newest(start) });

  it('makes room for a newer start of another digest only', () => {
    expect(newerStart(control(mine), running)?.executionArn).toBe(mine.executionArn);
    expect(newerStart(control({ ...mine, digest: running.digest }), running)).toBeUndefined();
    expect(newerStart(control(running), running)).toBeUndefined();
    expect(newerStart({ service: 'shop', fence: 4 }, running)).toBeUndefined();
    expect(newerStart(control(start('z', '2026-11-23T11:59:59.000Z')), running)).toBeUndefined();
  });
});

describe('the limits of waiting', () => {
  it('are the deadline twice, the bake and an hour; a call on its way is waited out for 20 s', () => {
    expect(leaseLimits({ deadlineSeconds: 1_800, bakeSeconds: 60 })).toEqual({
      waitSeconds: 300,
      waitMaxMs: 7_260_000,
      settleSeconds: 20,
    });
  });

  it('stay far below the 25,000 events of an execution for every deadline', () => {
    // A look costs at most 14 events: token task 5, its timeout 1, taking the lease 5, choice 2, and a retry's 1.
    for (let deadlineSeconds = 60; deadlineSeconds <= 86_400; deadlineSeconds += 60) {
      const { waitMaxMs, waitSeconds } = leaseLimits({ deadlineSeconds, bakeSeconds: 86_400 });
      expect((waitMaxMs / 1_000 / waitSeconds) * 14).toBeLessThan(15_000);
    }
  });
});

describe('the release that a failed rollout goes back to', () => {
  const control = { service: 'shop', fence: 4 };
  const unproved = { ...release('sha256:b'), provedOn: [] };

  it('is the current one where it was proved, and else the proved one before it', () => {
    expect(lastProved({ ...control, release: release('sha256:b'), proved: release('sha256:a') })?.digest).toBe(
      'sha256:b',
    );
    expect(lastProved({ ...control, release: unproved, proved: release('sha256:a') })?.digest).toBe('sha256:a');
  });

  it('is the current one where none was ever proved, and none before the first release', () => {
    expect(lastProved({ ...control, release: unproved })?.digest).toBe('sha256:b');
    expect(lastProved(control)).toBeUndefined();
  });
});

it('a rollout that makes room names for whom', () => {
  const newer = { ...newest(mine), digest: `sha256:${'ab'.repeat(32)}` };
  expect(supersededBy(newer)).toEqual({
    kind: 'superseded',
    by: 'arn:execution:b',
    reason: 'A newer rollout, of sha256:abababababab and asked for at 2026-11-23T12:05:00.000Z, takes over.',
  });
});

describe('a way back that a person asked for', () => {
  const leaves = `sha256:${'9f'.repeat(32)}`;
  const back = start('c', '2026-11-23T12:06:00.000Z', { trigger: { kind: 'rollback', leaves }, actor: 'ada' });
  const hold = {
    by: 'ada',
    at: '2026-11-23T12:10:00.000Z',
    leftBy: 'rollback' as const,
    reason: 'rolled back to sha256:c',
  };
  const current = { release: release('sha256:c'), newest: newest(back) };

  it('is known as one by whoever comes after it, with what it leaves', () => {
    const taken = takeLease(facts({}), back, limits, now);
    expect(taken.control.rollout).toEqual({ ...lease(back), rollback: { leaves } });
    expect(taken.control.newest).toEqual({ ...newest(back), rollback: { leaves } });
    const plain = start('c', back.startedAt, { trigger: { kind: 'rollback' } });
    expect(takeLease(facts({}), plain, limits, now).control.rollout).toEqual({ ...lease(back), rollback: {} });
    expect(takeLease(facts({}), mine, limits, now).control.rollout).toEqual(lease(mine));
    expect(takeLease(facts({}), mine, limits, now).control.newest).toEqual(newest(mine));
  });

  it('holds what it was to leave also where that has gone by itself', () => {
    const taken = takeLease(facts(current, { twinsAtRelease: true }), back, limits, now);
    expect(taken).toMatchObject({ kind: 'ended', end: { verdict: 'completed', cause: 'already-current' } });
    expect(taken.control.holds).toEqual({ [leaves]: hold });
    expect(taken).toMatchObject({
      end: {
        reason:
          'shop was on this release already, since 2026-11-23T11:00:00.000Z; nothing was changed, and sha256:9f9f9f9f9f9f is held.',
      },
    });
  });

  it('renews no hold, and holds nothing where nothing was under way or it is what comes back', () => {
    const holds = { [leaves]: { ...hold, by: 'eva' } };
    const held = takeLease(facts({ ...current, holds }, { twinsAtRelease: true }), back, limits, now);
    expect(held.control.holds).toEqual(holds);
    expect(held).toMatchObject({ end: { reason: expect.stringMatching(/nothing was changed\.$/) } });
    for (const trigger of [{ kind: 'rollback' }, { kind: 'rollback', leaves: 'sha256:c' }, { kind: 'push', leaves }]) {
      const taken = takeLease(facts(current, { twinsAtRelease: true }), { ...back, trigger }, limits, now);
      expect(taken).toMatchObject({ kind: 'ended', end: { cause: 'already-current' } });
      expect(taken.control.holds).toBeUndefined();
    }
  });

  it('that has joined another rollout holds with its success, and not with its failure', () => {
    const joining = { rolloutId: 'j' };
    const joinedEnd = endOf('rollout', 'completed', 'proved');
    const taken = takeLease(facts(current, { joining, joinedEnd }), back, limits, now);
    expect(taken).toMatchObject({ kind: 'ended', end: joinedEnd });
    expect(taken.control.holds).toEqual({ [leaves]: hold });
    const failed = facts(current, { joining, joinedEnd: endOf('rollout', 'rolled-back', 'timed-out') });
    expect(takeLease(failed, back, limits, now).control).toBe(failed.control);
  });
});
