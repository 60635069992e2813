import { adoptedService } from '../rollouts/adopted-service.ts';
import { RolloutWorld, type RolloutWorldOptions, service } from '../rollouts/rollout-world.ts';
import { describeVariant, variantOfSeed } from '../unknowns/variants.ts';
import { sampleMachines } from '../world/machines.ts';
import { acts, pushImage, type Scene } from './acts.ts';
import { Chance } from './chance.ts';
import { Facts } from './facts.ts';
import { moveOf } from './invariant.ts';
import { invariants } from './invariants/invariants.ts';
import { attempt, type OnLine, RuleBook, type Swarm, type SwarmOutcome } from './swarm.ts';
import { calm, drawWeather, faultNames, interferenceOf, lateMs, type Weather } from './weather.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Long enough for several rollouts that overlap; the faults of one seed then meet each other. */
const stormMinutes = { from: 10, to: 40 };
const restLimitMs = 24 * hour;
/** Rules whose events a rollout waits for; where one is lost, it waits for its next sweep. */
const awaited = ['-service-changed', '-task-stopped', '-probe-changed'];
/** Longer than any schedule of the controller waits before it starts what it has found. */
const restSeconds = 600;

type Shape = Pick<RolloutWorldOptions, 'existing' | 'before'> & Required<Pick<RolloutWorldOptions, 'change'>>;

/**
 * The services of the swarm: a twin that rests at 0 is another life than one that always runs, one whose different
 * releases may run side by side than one whose twins must agree, and one that was there before than one of the stacks.
 */
const shapes: readonly Shape[] = [
  { change: { rollout: { deadlineSeconds: 900, sweepSeconds: 300 } } },
  {
    change: {
      rollout: { deadlineSeconds: 600, sweepSeconds: 300, waves: ['external', 'fargate'], failedTasksMax: 0 },
      external: { baseTasks: 2, minimumHealthyPercent: 100, maximumPercent: 200 },
      fargate: { baseTasks: 0 },
    },
  },
  {
    change: {
      rollout: { deadlineSeconds: 900, sweepSeconds: 300, mixedReleasesSafe: true },
      external: { baseTasks: 3, minimumHealthyPercent: 50, maximumPercent: 150, lostAfterSeconds: 120 },
    },
  },
  adoptedService({ external: 2, fargate: 1 }, { deadlineSeconds: 900, sweepSeconds: 300 }),
];

/** One seed: a storm of faults and acts, then calm, rest, and one last release. */
const playRollouts = async (seed: number, onLine: OnLine = () => undefined): Promise<SwarmOutcome> => {
  const drawn: Record<string, number> = {};
  const entered = new Set<string>();
  const book = new RuleBook(invariants(), (sentence) => onLine(facts?.world.now() ?? 0, `BROKEN ${sentence}`));
  let facts: Facts | undefined;
  const count = (name: string): void => {
    drawn[name] = (drawn[name] ?? 0) + 1;
  };
  const strike = (name: string): void => {
    count(name);
    facts?.struckAtMs.push(facts.world.now());
  };

  let weather: Weather = calm;
  // What nobody knows of AWS is drawn by the seed. The simulator looks at these options whenever it needs one, so that the
  // weather can change.
  const variant = variantOfSeed(seed);
  const fidelity = { ...variant.fidelity, events: { ...variant.fidelity.events } };
  const shape = shapes[seed % shapes.length] as Shape;
  const { change } = shape;
  const world = await RolloutWorld.boot({
    seed,
    ...shape,
    fidelity,
    onTrace: ({ kind, detail }) => {
      if (kind === 'states-entered' && String(detail.execution).includes(':spillway-rollout:'))
        entered.add(String(detail.state));
      if (kind === 'event-lost-on-the-way') {
        count('event lost');
        if (awaited.some((rule) => String(detail.rule).endsWith(rule))) facts?.lostAtMs.push(facts.world.now());
      }
      if (kind === 'ecs-stale-read') count('stale read');
      if (kind === 'event-duplicated') count('event duplicated');
      if (kind === 'event-dropped') count('best-effort event lost');
      if (kind.startsWith('ecs-task')) book.hold((rule) => facts && rule.onTask?.(facts));
    },
  });
  facts = new Facts(world);
  const known = facts;
  const { kernel } = world.world;
  const chance = new Chance(kernel);
  const faults = interferenceOf(
    () => weather,
    chance,
    () => kernel.now(),
    strike,
  );
  const scene: Scene = { facts, chance, change, atNextMove: undefined };
  world.interference = {
    fateOf: (call) => {
      const move = scene.atNextMove && moveOf(call);
      if (!move) return faults.fateOf(call);
      scene.atNextMove?.(move.rollout.executionArn);
      scene.atNextMove = undefined;
      strike('killed, its call late');
      return { kind: 'killed-and-late', lateMs: chance.between('late by', 0, lateMs) };
    },
    onEffect: (call, answer) => {
      faults.onEffect?.(call, answer);
      if (call.service === 'dynamodb' && call.action !== 'GetItem' && call.action !== 'Query') known.noteControl();
      if (call.action === 'DescribeContainerInstances') known.noteSite();
      if (call.service === 'ecs') book.hold((rule) => rule.onWrite?.(known, call));
    },
  };
  const startMs = kernel.now();
  onLine(startMs, `AWS as it may behave: ${describeVariant(variant)}`);

  if (chance.happens('a release before the storm', 0.8)) {
    onLine(kernel.now(), pushImage(scene, 'good'));
    await world.pass(300);
  }
  weather = drawWeather(chance);
  Object.assign(fidelity.events, weather.events);
  onLine(kernel.now(), `the storm begins: ${JSON.stringify(weather)}`);
  const stormMs = chance.between('storm', stormMinutes.from, stormMinutes.to) * minute;
  const actsToCome = chance.whole('acts', 3, 10);
  for (let index = 0; index < actsToCome; index += 1) {
    const act = chance.weighted('which act', acts);
    kernel.after(chance.between('act at', 0, stormMs), 'swarm-act', async () => {
      const done = await attempt(act, scene);
      if (done === undefined) return;
      count(act.name);
      onLine(kernel.now(), done);
    });
  }
  await world.pass(stormMs / 1_000);

  weather = calm;
  scene.atNextMove = undefined;
  Object.assign(fidelity.events, variant.fidelity.events);
  for (const { managedInstanceId } of sampleMachines) world.world.cloud.ecs.setLinked(managedInstanceId, true);
  for (const deed of known.deeds) deed.toMs = deed.kind === 'cut' ? Math.min(deed.toMs, kernel.now()) : deed.toMs;
  await world.begin({ action: 'unfreeze', service }, 'operate');
  onLine(kernel.now(), 'the storm is over');
  await world.world.until(() => world.executions().every(({ status }) => status !== 'RUNNING'), restLimitMs);
  await world.pass(30 * 60);
  // What a schedule has found meanwhile is repaired by rollouts of their own, which begin when others have ended.
  for (let before = -1; before < world.executions().length; ) {
    await world.world.until(() => world.executions().every(({ status }) => status !== 'RUNNING'), restLimitMs);
    before = world.executions().length;
    await world.pass(restSeconds);
  }
  book.hold((rule) => rule.atRest?.(known));

  for (const [twin, desiredCount] of Object.entries(world.baseCounts()))
    await world.call('ecs', 'UpdateService', { cluster: world.cluster, service: twin, desiredCount });
  // Tasks of a slow image come up at last.
  await world.pass(1_800);
  onLine(kernel.now(), pushImage(scene, 'good'));
  await world.pass(60);
  await world.world.until(() => world.executions().every(({ status }) => status !== 'RUNNING'), restLimitMs);
  await world.pass(600);
  book.hold((rule) => rule.atTheEnd?.(known));

  const verdicts: Record<string, number> = {};
  for (const { verdict, cause } of known.ended())
    verdicts[`${verdict} (${cause})`] = (verdicts[`${verdict} (${cause})`] ?? 0) + 1;
  return {
    seed,
    traceHash: kernel.traceHash(),
    virtualSeconds: Math.round((kernel.now() - startMs) / 1_000),
    events: kernel.processed,
    ended: known.ended().length,
    broken: book.broken,
    drawn,
    verdicts,
    entered: [...entered],
  };
};

export const rolloutSwarm: Swarm = {
  machine: 'rollout',
  drawable: [...faultNames, ...acts.map(({ name }) => name)],
  play: playRollouts,
};
