import { setTimeout as sleep } from 'node:timers/promises';
import { stop as stopBundler } from 'esbuild';
import { InvalidConfiguration } from '../../functions/core/configuration.ts';
import { BundleFailed } from '../push/build-image.ts';
import { pushImage } from '../push/push-image.ts';
import { PushFailed } from '../push/registry-client.ts';
import { StackFailed } from '../world/deploy-stacks.ts';
import { sampleMachines } from '../world/machines.ts';
import { ConfigurationUnreadable, readConfiguration } from '../world/read-configuration.ts';
import { CannotStart } from './cannot-start.ts';
import { LocalCloud } from './local-cloud.ts';
import type { Options } from './options.ts';
import { synthesize } from './synthesize.ts';
import { TimelinePrinter } from './timeline-printer.ts';

export interface Signals {
  /** Aborted by the first Ctrl-C: end in order. */
  readonly interrupted: AbortSignal;
  /** Aborted by the second: end at once. */
  readonly insisted: AbortSignal;
}

/** Ctrl-C ends everything within 10 s, whatever hangs; the rest is the guard's. */
const closeLimitMs = 8_000;
/** A first release that takes longer deserves a word about what is missing. */
const patienceMs = 60_000;

/** Runs a local cloud until it is interrupted or fails. @returns the exit code; by then nothing of it runs any more. */
export const launch = async (options: Options, { interrupted, insisted }: Signals): Promise<number> => {
  const printer = new TimelinePrinter({
    json: options.json,
    colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
    write: (line) => void process.stdout.write(`${line}\n`),
  });
  const failure = Promise.withResolvers<never>();
  process.on('uncaughtException', failure.reject);
  process.on('unhandledRejection', failure.reject);
  const readerGone = new Promise<void>((resolve) => process.stdout.on('error', () => resolve()));
  process.stderr.on('error', () => undefined);

  const started: { cloud?: LocalCloud } = {};
  let exitCode = 0;
  try {
    await Promise.race([whenAborted(interrupted), readerGone, failure.promise, run(options, printer, started)]);
  } catch (error) {
    // What Ctrl-C ends beside us may be missed before the signal is heard.
    await Promise.race([whenAborted(interrupted), sleep(200)]);
    if (!interrupted.aborted) {
      exitCode = 1;
      console.error(sentenceOf(error));
    }
  }
  printer.close();
  const { cloud } = started;
  if (exitCode === 0 && cloud) printer.say(`ending ${cloud.children.count} processes of tasks and functions`);
  void whenAborted(insisted).then(() => cloud?.children.kill());
  await Promise.race([cloud?.close(), sleep(closeLimitMs)]);
  return exitCode;
};

/** Resolves never: a local cloud runs until it is ended. `started` tells the caller what there is to end. */
const run = async (options: Options, printer: TimelinePrinter, started: { cloud?: LocalCloud }): Promise<never> => {
  const configuration = await readConfiguration();
  const cloud = new LocalCloud({
    configuration,
    machines: sampleMachines,
    port: options.port,
    webPort: options.webPort,
    pace: options.pace,
    onEvent: (event) => printer.event(event),
    onFault: (error) => printer.say(`fault of the simulator: ${storyOf(error)}`, 'bad'),
  });
  started.cloud = cloud;
  await cloud.open();
  printer.say('synthesizing the templates and bundling the functions');
  const unmodelled = await cloud.boot(await synthesize(cloud.children, cloud.folder));
  if (unmodelled.length > 0)
    printer.say(`resource types that are not modelled, made without effect: ${unmodelled.join(', ')}`);
  printer.say(`${sampleMachines.length} machines registered; pushing the first image of every service`);
  for (const service of Object.keys(configuration.services)) await pushImage(service, { endpoint: cloud.endpoint });
  // Bundling is done; its process would keep 100 MB.
  await stopBundler();
  await cloud.untilReady(patienceMs, (missing) =>
    printer.say(`not ready yet: ${missing.join('; ')}; where a rollout has failed, mend it and push again`, 'bad'),
  );
  if (options.json) printer.say('ready', 'good');
  else console.log(banner(options, cloud.endpoint));
  return new Promise<never>(() => undefined);
};

const whenAborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

const expected = [CannotStart, ConfigurationUnreadable, InvalidConfiguration, StackFailed, BundleFailed, PushFailed];

/** One sentence for what a person can mend, everything that is known for what is our own fault. */
const sentenceOf = (error: unknown): string =>
  expected.some((kind) => error instanceof kind)
    ? (error as Error).message
    : `The local cloud failed: ${storyOf(error)}`;

const storyOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const banner = ({ port, webPort }: Options, endpoint: string): string => {
  const push = port === 4566 ? '' : ` --endpoint ${endpoint}`;
  const load = webPort === 8080 ? '' : ` --url http://127.0.0.1:${webPort}`;
  const status = port === 4566 ? '' : `AWS_ENDPOINT_URL=${endpoint} `;
  const examples = [
    [`npm run push -- order-processor${push}`, 'one image becomes one release on both capacities'],
    [`npm run push -- order-processor --broken crash${push}`, '… and a broken one is taken back on both'],
    [`npm run load -- --rate 20 --for 60${load}`, 'more orders than the premises can carry: a burst, and its recall'],
    [`${status}npx spillway status`, 'twins, releases, rollouts, queues, bursts'],
  ] as const;
  const width = Math.max(...examples.map(([line]) => line.length)) + 3;
  return `
  Ready.
    storefront      http://127.0.0.1:${webPort}/
    API             http://127.0.0.1:${webPort}/api/orders
    every AWS API   ${endpoint}   (also the image registry; account 123456789012, us-east-1, any credentials)

  Try, in another terminal:
${examples.map(([line, about]) => `    ${line.padEnd(width)}${about}`).join('\n')}
    aws --endpoint-url ${endpoint} ecs describe-services --cluster spillway --services order-processor-external

  Ctrl-C ends everything.
`;
};
