import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';
import { availableParallelism, cpus } from 'node:os';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { prepareWorlds, VirtualWorld, type WorldMaterial } from '../local/virtual/world.ts';
import configuration from '../spillway.config.ts';
import { costSplit, type Owner, ownerNames } from './cost-split.ts';

/** How fast virtual time passes with the whole controller, the workload and its customers in it. */

const hourMs = 3_600_000;
const warmUpMs = 300_000;
/** Of the measured time, so much more is played with the profiler on. */
const sampledShare = 0.3;
/** Booted for the cost of a boot, before `--scale`. */
const bootedWorlds = 20;

interface Load {
  readonly name: string;
  readonly ordersPerSecond: number;
  /** Virtual hours to measure, before `--scale`. */
  readonly hours: number;
}

const loads: readonly Load[] = [
  { name: 'idle', ordersPerSecond: 0, hours: 12 },
  { name: '1 order a second', ordersPerSecond: 1, hours: 3 },
  { name: '10 orders a second', ordersPerSecond: 10, hours: 0.5 },
];

interface Measured {
  readonly load: string;
  readonly ordersPerSecond: number;
  readonly simulatedHours: number;
  readonly wallSeconds: number;
  /** Of all threads; far from the wall time where other programs share the machine. */
  readonly cpuSeconds: number;
  readonly simulatedHoursPerWallMinute: number;
  /** The same of CPU time: what a machine gives that nobody else uses. */
  readonly simulatedHoursPerCpuMinute: number;
  readonly events: number;
  readonly eventsPerWallSecond: number;
  readonly wallMicrosecondsPerEvent: number;
  readonly orders: number;
  readonly eventsPerOrder?: number;
  /** CPU time of an order from the customer to the deleted message, without what the idle world costs meanwhile. */
  readonly cpuMicrosecondsPerOrder?: number;
  /** Whose code the time is spent in, sampled apart from the measurement; shares from 0 to 1. */
  readonly split: Readonly<Record<Owner, number>>;
  /** Functions in which the time was spent, by share of the samples; only with `--profile`. */
  readonly costs?: readonly Cost[];
}

interface BootCost {
  readonly worlds: number;
  /** Creating the three stacks, for one world. */
  readonly stacks: { readonly cpuMilliseconds: number; readonly events: number };
  /** The first release of every service, up to the verdict, for one world. */
  readonly firstReleases: { readonly cpuMilliseconds: number; readonly events: number };
}

interface Cost {
  readonly share: number;
  readonly where: string;
}

const parseScale = (value: string): number => {
  const scale = Number(value);
  if (scale > 0 && scale <= 100) return scale;
  throw new InvalidArgumentError(`'${value}' is no scale. Accepted: a number above 0, up to 100.`);
};

/** Customers who order at a steady rate, whatever the answers. */
const orderSteadily = (world: VirtualWorld, perSecond: number): { readonly accepted: () => number; stop(): void } => {
  let sent = 0;
  let accepted = 0;
  let stopped = false;
  const place = async (number: number): Promise<void> => {
    const response = await world.request('/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `bench-${number}` },
      body: JSON.stringify({ items: [{ sku: 'tea', quantity: 1 }] }),
    });
    if (response.status !== 202) throw new Error(`order ${number} was answered with ${response.status}`);
    accepted += 1;
  };
  const next = (): void => {
    if (stopped) return;
    sent += 1;
    const number = sent;
    world.kernel.after(1000 / perSecond, 'order', () => {
      next();
      return place(number);
    });
  };
  if (perSecond > 0) next();
  return {
    accepted: () => accepted,
    stop: () => {
      stopped = true;
    },
  };
};

interface BootedWorld {
  readonly world: VirtualWorld;
  readonly bootEvents: number;
  readonly bootCpuMs: number;
  readonly releaseCpuMs: number;
}

/** A world in which v1 of every service has been released; `onBurst` is told of every burst. */
const releasedWorld = async (material: WorldMaterial, seed: number, onBurst: () => void): Promise<BootedWorld> => {
  const services = Object.keys(material.configuration.services);
  const released = new Set<string>();
  const startedMs = cpuMs();
  const world = await VirtualWorld.boot(material, {
    seed,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === 'Spillway Rollout State Change' && detail.verdict === 'completed')
        released.add(String(detail.service));
      if (type === 'Spillway Burst State Change') onBurst();
    },
  });
  const bootedMs = cpuMs();
  const bootEvents = world.kernel.processed;
  for (const service of services) world.push(service, 'v1');
  if (!(await world.until(() => released.size === services.length, hourMs))) throw new Error('v1 was not released');
  return { world, bootEvents, bootCpuMs: bootedMs - startedMs, releaseCpuMs: cpuMs() - bootedMs };
};

const measureBoot = async (material: WorldMaterial, worlds: number): Promise<BootCost> => {
  const boot = (seed: number): Promise<BootedWorld> => releasedWorld(material, seed, () => undefined);
  // The first worlds of a process compile the code that the others run.
  for (let seed = 1; seed <= 3; seed += 1) await boot(seed);
  let [stacksMs, releasesMs, stackEvents, releaseEvents] = [0, 0, 0, 0];
  for (let index = 0; index < worlds; index += 1) {
    const { world, bootEvents, bootCpuMs, releaseCpuMs } = await boot(4 + index);
    stacksMs += bootCpuMs;
    releasesMs += releaseCpuMs;
    stackEvents += bootEvents;
    releaseEvents += world.kernel.processed - bootEvents;
  }
  return {
    worlds,
    stacks: { cpuMilliseconds: rounded(stacksMs / worlds, 1), events: Math.round(stackEvents / worlds) },
    firstReleases: { cpuMilliseconds: rounded(releasesMs / worlds, 1), events: Math.round(releaseEvents / worlds) },
  };
};

/** Lets Node compile what an order goes through, or the first load would pay for it: thousands of orders long. */
const warmUp = async (material: WorldMaterial): Promise<void> => {
  const { world } = await releasedWorld(material, 2, () => undefined);
  const orders = orderSteadily(world, 10);
  await world.pass(2 * warmUpMs);
  orders.stop();
};

const measure = async (
  material: WorldMaterial,
  load: Load,
  scale: number,
  profile: boolean,
  idle: Measured | undefined,
): Promise<Measured> => {
  const { world } = await releasedWorld(material, 1, () => {
    // More tasks than the base would measure another load.
    throw new Error(`the load '${load.name}' has started a burst`);
  });
  const orders = orderSteadily(world, load.ordersPerSecond);
  await world.pass(warmUpMs);

  const durationMs = load.hours * scale * hourMs;
  const before = { events: world.kernel.processed, orders: orders.accepted() };
  const startedMs = performance.now();
  const cpuBeforeMs = cpuMs();
  await world.pass(durationMs);
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const cpuSeconds = (cpuMs() - cpuBeforeMs) / 1000;
  const events = world.kernel.processed - before.events;
  const placed = orders.accepted() - before.orders;
  const hours = durationMs / hourMs;

  // Sampling slows the world down, so it is done on a stretch of its own.
  const profiler = await startProfiler();
  await world.pass(durationMs * sampledShare);
  const sampled = await profiler();
  orders.stop();
  return {
    load: load.name,
    ordersPerSecond: load.ordersPerSecond,
    simulatedHours: rounded(hours, 3),
    wallSeconds: rounded(wallSeconds, 2),
    cpuSeconds: rounded(cpuSeconds, 2),
    simulatedHoursPerWallMinute: rounded((hours / wallSeconds) * 60, 1),
    simulatedHoursPerCpuMinute: rounded((hours / cpuSeconds) * 60, 1),
    events,
    eventsPerWallSecond: Math.round(events / wallSeconds),
    wallMicrosecondsPerEvent: rounded((wallSeconds * 1e6) / events, 1),
    orders: placed,
    ...(idle && {
      eventsPerOrder: rounded((events - (idle.events / idle.simulatedHours) * hours) / placed, 1),
      cpuMicrosecondsPerOrder: Math.round(
        ((cpuSeconds - (idle.cpuSeconds / idle.simulatedHours) * hours) * 1e6) / placed,
      ),
    }),
    split: roundedSplit(costSplit(sampled, root)),
    ...(profile && { costs: costsOf(sampled) }),
  };
};

/** Of all threads, garbage collection's too. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const roundedSplit = (split: Readonly<Record<Owner, number>>): Readonly<Record<Owner, number>> =>
  Object.fromEntries(Object.entries(split).map(([owner, share]) => [owner, rounded(share, 3)])) as Record<
    Owner,
    number
  >;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** @returns what ends the profile and gives it. */
const startProfiler = async (): Promise<() => Promise<Profiler.Profile>> => {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return profile;
  };
};

/** The functions with the most samples of their own. */
const costsOf = (profile: Profiler.Profile): readonly Cost[] => {
  const own = new Map<string, number>();
  let total = 0;
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    const where = `${callFrame.functionName || '(anonymous)'} ${placeOf(callFrame.url, callFrame.lineNumber)}`.trim();
    own.set(where, (own.get(where) ?? 0) + hitCount);
    total += hitCount;
  }
  return [...own]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 15)
    .map(([where, hits]) => ({ share: rounded(hits / total, 3), where }));
};

const root = resolve(import.meta.dirname, '..');
const placeOf = (url: string, line: number): string => {
  if (!url) return '';
  return `${url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url}:${line + 1}`;
};

const command = new Command('npm run bench:simulator --')
  .description(
    'Measures how much virtual time passes in a minute of wall time: the real functions, state machines and services on the simulator, idle and under a steady load that the base capacity carries.',
  )
  .option('--scale <factor>', 'measure so many times the usual virtual time', parseScale, 1)
  .option('--profile', 'print the functions with the largest share of the samples too')
  .option('--json', 'print one JSON document instead of the table')
  .addHelpText('after', '\nExit codes: 0 measured, 1 a load did not stay steady, 2 wrong arguments.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();
const options = command.opts<{ scale: number; profile?: boolean; json?: boolean }>();

const material = await prepareWorlds(configuration);
const say = (what: string): void => {
  if (!options.json) process.stderr.write(`measuring: ${what} …\n`);
};
say('boot');
const boot = await measureBoot(material, Math.max(1, Math.round(bootedWorlds * options.scale)));
await warmUp(material);
const results: Measured[] = [];
for (const load of loads) {
  say(load.name);
  const idle = load.ordersPerSecond > 0 ? results.find(({ ordersPerSecond }) => ordersPerSecond === 0) : undefined;
  results.push(await measure(material, load, options.scale, options.profile === true, idle));
}
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };

const table = (rows: readonly (readonly string[])[], firstWidth: number): void => {
  for (const row of rows)
    console.log(row.map((cell, index) => (index === 0 ? cell.padEnd(firstWidth) : cell.padStart(15))).join(''));
};

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** What would be left if AWS were simulated for nothing: nobody who runs this workload can be faster. */
const bound = ({ split, cpuMicrosecondsPerOrder = 0, ordersPerSecond, load }: Measured): string => {
  const own = (split.workload + split.libraries) * cpuMicrosecondsPerOrder;
  const hoursAtMost = 60e6 / (own * ordersPerSecond * 3600);
  return (
    `${load}: ${cpuMicrosecondsPerOrder} µs of CPU an order, ${Math.round(own)} of them in the workload and its libraries, ` +
    `which alone allow ${hoursAtMost.toFixed(0)} hours a CPU minute`
  );
};

if (options.json) {
  console.log(JSON.stringify({ machine, boot, results }, null, 2));
} else {
  table(
    [
      ['load', 'simulated', 'wall', 'cpu', 'h/wall minute', 'h/CPU minute', 'events', 'events/order'],
      ...results.map((one) => [
        one.load,
        `${one.simulatedHours} h`,
        `${one.wallSeconds} s`,
        `${one.cpuSeconds} s`,
        String(one.simulatedHoursPerWallMinute),
        String(one.simulatedHoursPerCpuMinute),
        String(one.events),
        String(one.eventsPerOrder ?? ''),
      ]),
    ],
    20,
  );
  console.log('');
  table(
    [
      ['one world', 'cpu', 'events'],
      ['creating its stacks', `${boot.stacks.cpuMilliseconds} ms`, String(boot.stacks.events)],
      ['the first releases', `${boot.firstReleases.cpuMilliseconds} ms`, String(boot.firstReleases.events)],
    ],
    20,
  );
  console.log('');
  table(
    [
      [
        'where the time goes',
        ...results.map(({ load }) => (load === 'idle' ? load : load.replace(/ orders? a /, '/'))),
      ],
      ...(Object.keys(ownerNames) as Owner[]).map((owner) => [
        ownerNames[owner],
        ...results.map(({ split }) => percent(split[owner])),
      ]),
    ],
    52,
  );
  console.log('');
  for (const one of results) if (one.ordersPerSecond > 0) console.log(bound(one));
  console.log(`${machine.cpu}, one of ${machine.cores} cores used, Node ${machine.node}`);
  for (const { load, costs } of results) {
    if (!costs) continue;
    console.log(`\n${load}: own time by function`);
    for (const { share, where } of costs) console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
  }
}
