import { describe, expect, it } from 'vitest';
import { ServiceConfiguration } from './configuration.ts';
import { type BurstSignal, decideBurstStart } from './decide-burst-start.ts';

const at = (seconds: number): number => Date.parse('2026-11-23T12:00:00Z') + seconds * 1_000;

const service = (onSiteLoss = false) =>
  ServiceConfiguration.parse({
    cpuUnits: 256,
    memoryMiB: 512,
    receivesFrom: ['orders', 'returns'],
    receivesFromOnPremises: ['orders-onprem'],
    external: { baseTasks: 2 },
    fargate: { baseTasks: 0, maxTasks: 8 },
    burst: { queue: 'orders', deadlineSeconds: 120, workSecondsPerMessage: 1, messagesPerTask: 1, onSiteLoss },
  });

const saturated = (queue: string, seconds = 0): BurstSignal => ({
  kind: 'saturation',
  service: 'op',
  queue,
  queueDelaySeconds: 15.2,
  atMs: at(seconds),
  eventId: 'e1',
});
const lost: BurstSignal = { kind: 'site-loss', service: 'op', machine: 'mi-1', atMs: at(0), eventId: 'e2' };

describe('a saturated queue', () => {
  it('starts a burst that says what was seen', () => {
    expect(decideBurstStart(saturated('orders'), service(), undefined, at(1))).toEqual({
      kind: 'start',
      name: 'saturation-2yw8o0-op',
      trigger: { kind: 'saturation', queue: 'orders', queueDelaySeconds: 15.2, eventId: 'e1' },
    });
  });

  it('starts one burst for all signals of the same ten seconds, and another one after them', () => {
    const name = (seconds: number) => {
      const decision = decideBurstStart(saturated('orders', seconds), service(), undefined, at(20));
      return decision.kind === 'start' && decision.name;
    };
    expect(name(9.9)).toBe(name(0));
    expect(name(10)).not.toBe(name(0));
  });

  it('has a name that Step Functions takes, for the longest service and for a hundred years', () => {
    const signal = { ...lost, service: 'x'.repeat(61), atMs: Date.parse('2126-01-01T00:00:00Z') };
    const decision = decideBurstStart(signal, service(true), undefined, signal.atMs);
    expect(decision.kind === 'start' && decision.name.length).toBeLessThanOrEqual(80);
  });

  it('starts nothing while a burst is under way', () => {
    expect(decideBurstStart(saturated('orders'), service(), 'a burst is under way', at(1)).kind).toBe('ignore');
  });

  it('starts nothing while bursts are paused', () => {
    expect(decideBurstStart(saturated('orders'), service(), 'ada recalled it', at(1))).toEqual({
      kind: 'ignore',
      reason: 'ada recalled it',
    });
  });

  it('starts nothing when it comes later than the deadline, which it tells of another load', () => {
    expect(decideBurstStart(saturated('orders'), service(), undefined, at(120)).kind).toBe('start');
    expect(decideBurstStart(saturated('orders'), service(), undefined, at(120.1)).kind).toBe('ignore');
  });

  it('starts nothing for a service that does not burst, and for a queue that it does not burst for', () => {
    expect(decideBurstStart(saturated('orders'), undefined, undefined, at(1)).kind).toBe('ignore');
    expect(decideBurstStart(saturated('returns'), service(), undefined, at(1)).kind).toBe('ignore');
  });

  it('that is bound to the premises starts nothing, and a person is told why', () => {
    const decision = decideBurstStart(saturated('orders-onprem', 301), service(), undefined, at(302));
    expect(decision).toEqual({
      kind: 'refuse',
      queue: 'orders-onprem',
      reason:
        'A message of orders-onprem had waited for 15.2 s. That queue is bound to the premises and no Fargate task may read it, so a burst would not help: give op more external tasks, or machines.',
    });
  });
});

describe('the loss of a site', () => {
  it('starts a burst only where the service asks for it', () => {
    expect(decideBurstStart(lost, service(), undefined, at(1)).kind).toBe('ignore');
    expect(decideBurstStart(lost, service(true), undefined, at(1))).toMatchObject({
      kind: 'start',
      trigger: { kind: 'site-loss', machine: 'mi-1', eventId: 'e2' },
    });
    expect(decideBurstStart(lost, service(true), 'a burst is under way', at(1)).kind).toBe('ignore');
  });
});

it('a signal that starts nothing is told why', () => {
  const reasonOf = (...of: Parameters<typeof decideBurstStart>): string => {
    const decision = decideBurstStart(...of);
    return decision.kind === 'start' ? 'start' : decision.reason;
  };
  expect(reasonOf(saturated('orders'), undefined, undefined, at(1))).toBe('op does not burst');
  const { burst: _burst, ...plain } = service();
  expect(reasonOf(saturated('orders'), plain as ReturnType<typeof service>, undefined, at(1))).toBe(
    'op does not burst',
  );
  expect(reasonOf(saturated('orders'), service(), undefined, at(121))).toBe(
    'the signal is 121 s old and says nothing of now',
  );
  expect(reasonOf(saturated('returns'), service(), undefined, at(1))).toBe('op does not burst for returns');
  expect(reasonOf(saturated('orders'), service(), 'a burst is under way', at(1))).toBe('a burst is under way');
  expect(reasonOf(lost, service(), undefined, at(1))).toBe('op does not burst on the loss of a site');
  expect(reasonOf(lost, service(true), 'a burst is under way', at(1))).toBe('a burst is under way');
});
