import { Session } from 'node:inspector/promises';
import { availableParallelism, cpus } from 'node:os';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { prepareWorlds, VirtualWorld, type WorldMaterial } from '../local/virtual/world.ts';
import configuration from '../spillway.config.ts';

/** How fast virtual time passes with the whole controller, the workload and its customers in it. */

const hourMs = 3_600_000;
const warmUpMs = 300_000;

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
  readonly events: number;
  readonly eventsPerWallSecond: number;
  readonly wallMicrosecondsPerEvent: number;
  readonly orders: number;
  /** Functions in which the time was spent, by share of the samples; only with `--profile`. */
  readonly costs?: readonly Cost[];
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

const measure = async (material: WorldMaterial, load: Load, scale: number, profile: boolean): Promise<Measured> => {
  const services = Object.keys(material.configuration.services);
  const released = new Set<string>();
  const world = await VirtualWorld.boot(material, {
    seed: 1,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === 'Spillway Rollout State Change' && detail.verdict === 'completed')
        released.add(String(detail.service));
      // More tasks than the base would measure another load.
      if (type === 'Spillway Burst State Change') throw new Error(`the load '${load.name}' has started a burst`);
    },
  });
  for (const service of services) world.push(service, 'v1');
  if (!(await world.until(() => released.size === services.length, hourMs))) throw new Error('v1 was not released');
  const orders = orderSteadily(world, load.ordersPerSecond);
  await world.pass(warmUpMs);

  const durationMs = load.hours * scale * hourMs;
  const before = { events: world.kernel.processed, orders: orders.accepted() };
  const profiler = profile ? await startProfiler() : undefined;
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  await world.pass(durationMs);
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const costs = await profiler?.();
  orders.stop();
  const events = world.kernel.processed - before.events;
  return {
    load: load.name,
    ordersPerSecond: load.ordersPerSecond,
    simulatedHours: durationMs / hourMs,
    wallSeconds: rounded(wallSeconds, 2),
    cpuSeconds: rounded((cpu.user + cpu.system) / 1e6, 2),
    simulatedHoursPerWallMinute: rounded((durationMs / hourMs / wallSeconds) * 60, 1),
    events,
    eventsPerWallSecond: Math.round(events / wallSeconds),
    wallMicrosecondsPerEvent: rounded((wallSeconds * 1e6) / events, 1),
    orders: orders.accepted() - before.orders,
    ...(costs && { costs }),
  };
};

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** @returns what ends the profile and gives the functions with the most samples of their own. */
const startProfiler = async (): Promise<() => Promise<readonly Cost[]>> => {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
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
  .option('--profile', 'sample where the time goes, and print the functions with the largest share')
  .option('--json', 'print one JSON document instead of the table')
  .addHelpText('after', '\nExit codes: 0 measured, 1 a load did not stay steady, 2 wrong arguments.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();
const options = command.opts<{ scale: number; profile?: boolean; json?: boolean }>();

const material = await prepareWorlds(configuration);
const results: Measured[] = [];
for (const load of loads) {
  if (!options.json) process.stderr.write(`measuring: ${load.name} …\n`);
  results.push(await measure(material, load, options.scale, options.profile === true));
}
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
if (options.json) {
  console.log(JSON.stringify({ machine, results }, null, 2));
} else {
  const rows = [
    ['load', 'simulated', 'wall', 'cpu', 'hours a minute', 'events', 'µs an event'],
    ...results.map((one) => [
      one.load,
      `${one.simulatedHours} h`,
      `${one.wallSeconds} s`,
      `${one.cpuSeconds} s`,
      String(one.simulatedHoursPerWallMinute),
      String(one.events),
      String(one.wallMicrosecondsPerEvent),
    ]),
  ];
  for (const row of rows) {
    console.log(row.map((cell, index) => (index === 0 ? cell.padEnd(20) : cell.padStart(15))).join(''));
  }
  console.log(`\n${machine.cpu}, one of ${machine.cores} cores used, Node ${machine.node}`);
  for (const { load, costs } of results) {
    if (!costs) continue;
    console.log(`\n${load}: own time by function`);
    for (const { share, where } of costs) console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
  }
}
