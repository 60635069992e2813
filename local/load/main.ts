import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { OrdersClient } from './orders-client.ts';
import { progressOn } from './progress.ts';
import { type LoadReport, runLoad } from './run-load.ts';

const ordersMax = 100_000;

const between =
  (least: number, most: number, unit: string) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Accepted: ${least} to ${most} ${unit}.`);
  };

/** A load generator that takes any address is a weapon; this one takes the machine that it runs on. */
const loopback = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) return url.origin;
  throw new InvalidArgumentError('Load is sent to this machine only: http://127.0.0.1:<port>.');
};

interface Options {
  readonly rate: number;
  readonly for: number;
  readonly settle: number;
  readonly url: string;
  readonly json?: boolean;
}

const command = new Command('npm run load --')
  .description('Sends orders through the API at a steady rate, waits until they are processed, and counts them.')
  .option('--rate <number>', 'orders a second', between(0.1, 500, 'orders a second'), 20)
  .option('--for <seconds>', 'how long to send', between(1, 3_600, 'seconds'), 60)
  .option('--settle <seconds>', 'how long to wait for the last orders', between(0, 86_400, 'seconds'), 600)
  .option('--url <url>', 'of the load balancer on this machine', loopback, 'http://127.0.0.1:8080')
  .option('--json', 'print one JSON object; progress goes to the error stream')
  .addHelpText(
    'after',
    '\nExit codes: 0 every order was accepted and had its effect once, 1 not so, 2 wrong arguments.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();
const options = command.opts<Options>();
if (options.rate * options.for > ordersMax)
  command.error(`error: ${options.rate} orders a second for ${options.for} s are more than ${ordersMax} orders.`);

const describe = (report: LoadReport): string => {
  const count = (value: number): string => String(value).padStart(7);
  const capacities = ['external', 'fargate', ...Object.keys(report.processedOn)];
  const where = [...new Set(capacities)].map((name) => `${name} ${report.processedOn[name] ?? 0}`).join(', ');
  const refused = Object.entries(report.refused).map(([reason, orders]) => `${orders} × ${reason}`);
  const times = report.secondsToProcessed;
  return [
    `sent      ${count(report.sent)}`,
    `accepted  ${count(report.accepted)}${refused.length > 0 ? `  (not accepted: ${refused.join(', ')})` : ''}`,
    `processed ${count(report.processed)}  (${where})`,
    `twice     ${count(report.twice.length)}${listed(report.twice)}`,
    `lost      ${count(report.lost.length)}${listed(report.lost)}`,
    times
      ? `sent to processed: p50 ${times.p50.toFixed(1)} s, p95 ${times.p95.toFixed(1)} s, max ${times.max.toFixed(1)} s`
      : 'nothing was processed',
  ].join('\n');
};

const listed = (ids: readonly string[]): string =>
  ids.length === 0 ? '' : `  (${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ', …' : ''})`;

const clock = { now: Date.now, sleep: (ms: number) => sleep(ms) };
const client = new OrdersClient(options.url, clock, (url, init) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(10_000) }),
);
try {
  await fetch(`${options.url}/api/orders`, { method: 'HEAD', signal: AbortSignal.timeout(10_000) });
} catch {
  console.error(`Nothing answers at ${options.url}. Is the local cloud running (npm start)?`);
  process.exit(1);
}
const progress = progressOn(process.stderr, Date.now);
const report = await runLoad(
  { rate: options.rate, forSeconds: options.for, settleSeconds: options.settle, run: `load-${randomUUID()}` },
  client,
  clock,
  progress.show,
);
progress.end();
console.log(options.json ? JSON.stringify(report) : describe(report));
process.exitCode = report.lost.length > 0 || report.twice.length > 0 || report.accepted < report.sent ? 1 : 0;
