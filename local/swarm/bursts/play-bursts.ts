import { hash } from 'node:crypto';
import type { Fidelity } from '../../../simulator/cloud/fidelity.ts';
import { describeVariant, variantOfSeed } from '../../unknowns/variants.ts';
import { Chance } from '../chance.ts';
import { attempt, type OnLine, RuleBook, type Swarm, type SwarmOutcome } from '../swarm.ts';
import { calm, drawWeather, faultNames, interferenceOf, lateMs, type Weather } from '../weather.ts';
import { type BurstAct, type BurstScene, burstActs } from './acts.ts';
import { BurstFacts } from './burst-facts.ts';
import { BurstWorld } from './burst-world.ts';
import { countChangeOf } from './invariant.ts';
import { burstInvariants } from './invariants/invariants.ts';
import { drawArrivals, drawLoad } from './load.ts';
import { baseRate, machines, service } from './shapes.ts';
import { shapeOfSeed, spotActsOf, spotTakenBack } from './spot.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Long enough for a burst and its end, and short enough for many seeds. */
const stormMinutes = { from: 8, to: 18 };
const restLimitMs = 12 * hour;

/** Counts of SQS that are late, old or off; a queue that sleeps tells its alarms late. */
const drawQueueWeather = (chance: Chance, usual: Fidelity['sqs']): Fidelity['sqs'] => ({
  ...usual,
  ...(chance.happens('has late counts', 0.4) && { countsLagMs: chance.between('counts lag', 1_000, 60_000) }),
  ...(chance.happens('has old counts', 0.3) && { countsAgeMs: chance.between('counts age', 1_000, 30_000) }),
  ...(chance.happens('has noisy counts', 0.4) && { countsNoise: chance.between('counts noise', 0.01, 0.15) }),
  // A queue that sleeps after six hours sleeps here after a minute, so that a cut site is enough for it.
  ...(chance.happens('has a queue that sleeps', 0.3) && { activeMs: minute }),
});

/** One seed: a load and a storm of faults and acts, then calm and rest. */
const playBursts = async (seed: number, onLine: OnLine = () => undefined): Promise<SwarmOutcome> => {
  const drawn: Record<string, number> = {};
  const entered = new Set<string>();
  let facts: BurstFacts | undefined;
  const book = new RuleBook(burstInvariants(), (sentence) => onLine(facts?.world.now() ?? 0, `BROKEN ${sentence}`));
  const count = (name: string): void => {
    drawn[name] = (drawn[name] ?? 0) + 1;
  };

  let weather: Weather = calm;
  const variant = variantOfSeed(seed);
  const fidelity = { ...variant.fidelity, events: { ...variant.fidelity.events }, sqs: { ...variant.fidelity.sqs } };
  const shape = shapeOfSeed(seed);
  let scene: BurstScene | undefined;
  let faults: ReturnType<typeof interferenceOf> | undefined;
  const world = await BurstWorld.boot({
    seed,
    shape,
    fidelity,
    onTrace: ({ kind, detail }) => {
      if (kind === 'states-entered' && String(detail.execution).includes(':spillway-burst:')) {
        entered.add(String(detail.state));
        if (detail.state === 'What was decided') facts?.looksMs.push(facts.world.now());
      }
      if (kind === 'event-lost-on-the-way') count('event lost');
      if (kind === 'event-duplicated') count('event duplicated');
      if (kind === 'event-dropped') count('best-effort event lost');
    },
    interference: {
      fateOf: (call) => {
        const change = scene?.atNextChange && countChangeOf(call);
        if (!scene || !change) return faults?.fateOf(call);
        scene.atNextChange?.(change.executionArn);
        scene.atNextChange = undefined;
        count('killed, its call late');
        return { kind: 'killed-and-late', lateMs: scene.chance.between('late by', 0, lateMs) };
      },
      onEffect: (call, answer) => {
        faults?.onEffect?.(call, answer);
        if (!facts) return;
        const known = facts;
        if (call.service === 'dynamodb' && call.action !== 'GetItem' && call.action !== 'Query') known.noteControl();
        if (call.service !== 'ecs' || call.action !== 'UpdateService') return;
        known.noteCount(call);
        book.hold((rule) => rule.onWrite?.(known, call));
      },
    },
    onOrder: (order, worker) => book.hold((rule) => facts && rule.onOrder?.(facts, order, worker)),
  });
  const { kernel, cloud } = world.world;
  const chance = new Chance(kernel);
  const released = (): boolean => world.executions('rollout').some(({ status }) => status === 'SUCCEEDED');
  world.world.push(service, 'v1');
  if (!(await world.world.until(() => released() && world.quiet(), hour))) throw new Error('v1 was not released');

  const startMs = kernel.now();
  const stormMs = chance.between('storm', stormMinutes.from, stormMinutes.to) * minute;
  const perSecond = baseRate(shape);
  const load = drawLoad(chance, stormMs / 1_000, perSecond);
  facts = new BurstFacts(world, load);
  const known = facts;
  known.noteCount();
  faults = interferenceOf(
    () => weather,
    chance,
    () => kernel.now(),
    count,
  );
  const stage: BurstScene = { facts, chance, untilMs: startMs + stormMs, atNextChange: undefined, pushes: 0 };
  scene = stage;
  onLine(startMs, `${shape.name}; AWS as it may behave: ${describeVariant(variant)}`);
  weather = drawWeather(chance);
  Object.assign(fidelity.events, weather.events);
  const queueWeather = drawQueueWeather(chance, fidelity.sqs);
  Object.assign(fidelity.sqs, queueWeather);
  known.countsOldSeconds = (queueWeather.countsLagMs + queueWeather.countsAgeMs) / 1_000;
  known.countsNoise = queueWeather.countsNoise;
  onLine(kernel.now(), `the storm begins: ${JSON.stringify({ ...weather, sqs: queueWeather })}`);
  onLine(kernel.now(), `load: ${JSON.stringify(load)}`);

  const urlOf = async (QueueName: string): Promise<string> =>
    ((await cloud.call('sqs', 'GetQueueUrl', { QueueName })) as { QueueUrl: string }).QueueUrl;
  const urls = { any: await urlOf('orders'), onprem: await urlOf('orders-onprem') };
  const arrivals = drawArrivals(chance, load, perSecond);
  for (const [index, at] of arrivals.entries()) {
    const residency = chance.happens('bound', load.onPremisesShare) ? 'onprem' : 'any';
    kernel.after(1_000 * at, 'swarm-order', async () => {
      const id = `ord-${hash('sha256', `${seed}-${index}`).slice(0, 32)}`;
      world.orders.set(id, { id, residency, sentMs: kernel.now(), effects: [], receives: 0 });
      const MessageBody = JSON.stringify({
        id,
        fingerprint: id,
        residency,
        acceptedAt: new Date(kernel.now()).toISOString(),
        items: [{ sku: 'tea', quantity: 1 }],
      });
      await cloud.call('sqs', 'SendMessage', { QueueUrl: urls[residency], MessageBody });
    });
  }
  const play = (act: BurstAct, afterMs: number): void => {
    kernel.after(afterMs, 'swarm-act', async () => {
      const done = await attempt(act, stage);
      if (done === undefined) return;
      count(act.name);
      onLine(kernel.now(), done);
    });
  };
  const actsToCome = chance.whole('acts', 2, 7);
  for (let index = 0; index < actsToCome; index += 1) {
    const act = chance.weighted('which act', burstActs);
    play(act, chance.between('act at', 0, stormMs));
  }
  for (const act of spotActsOf(shape, chance)) play(act, chance.between('Spot act at', 0, stormMs));
  await world.world.pass(stormMs);

  weather = calm;
  stage.atNextChange = undefined;
  Object.assign(fidelity.events, variant.fidelity.events);
  Object.assign(fidelity.sqs, variant.fidelity.sqs);
  for (const { managedInstanceId } of machines) cloud.ecs.setLinked(managedInstanceId, true);
  onLine(kernel.now(), `the storm is over; ${world.orders.size} orders were sent`);
  const done = (): boolean => [...world.orders.values()].every(({ id }) => (world.item(id)?.effects ?? 0) > 0);
  await world.world.until(() => world.quiet() && done(), restLimitMs);
  // What a guardian, an alarm or a schedule finds meanwhile is over by the end of this, too.
  await world.world.pass(15 * minute);
  await world.world.until(() => world.quiet(), restLimitMs);
  await world.world.pass(5 * minute);
  // An agent that flaps starts a burst at any time, which looks and ends.
  await world.world.until(() => world.quiet(), restLimitMs);
  const bursts = await world.bursts();
  book.hold((rule) => rule.atRest?.(known, bursts));

  const verdicts: Record<string, number> = {};
  for (const { verdict, cause } of bursts)
    verdicts[`${verdict} (${cause})`] = (verdicts[`${verdict} (${cause})`] ?? 0) + 1;
  return {
    seed,
    traceHash: kernel.traceHash(),
    virtualSeconds: Math.round((kernel.now() - startMs) / 1_000),
    events: kernel.processed,
    ended: bursts.length,
    broken: book.broken,
    drawn,
    verdicts,
    entered: [...entered],
  };
};

export const burstSwarm: Swarm = {
  machine: 'burst',
  drawable: [...faultNames, ...[...burstActs, spotTakenBack].map(({ name }) => name)],
  play: playBursts,
};
