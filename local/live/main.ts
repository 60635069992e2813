import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type Configuration, InvalidConfiguration } from '../../functions/core/configuration.ts';
import { pushImage } from '../push/push-image.ts';
import { describeEvent } from '../timeline/describe-event.ts';
import { formatLine, wallClock } from '../timeline/print-timeline.ts';
import { readAssembly } from '../world/assembly.ts';
import { StackFailed } from '../world/deploy-stacks.ts';
import { sampleMachines } from '../world/machines.ts';
import { LocalCloud, PortInUse } from './local-cloud.ts';

const wholeNumber =
  (least: number, most: number) =>
  (value: string): number => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`'${value}' is not accepted: a whole number from ${least} to ${most} is.`);
  };

const command = new Command('npm start --')
  .description(
    'Runs Spillway and its sample workload on a local cloud: the deployable templates, real images, real processes. No AWS account, no Docker.',
  )
  .option(
    '--port <number>',
    'port of every AWS API and of the image registry, on 127.0.0.1',
    wholeNumber(1, 65_535),
    4566,
  )
  .option('--web-port <number>', 'port of the load balancer: storefront and API', wholeNumber(1, 65_535), 8080)
  .option(
    '--pace <number>',
    "divides what AWS decides (placement, pulls, alarm periods, …); 1 is AWS's own speed",
    wholeNumber(1, 1_000),
    10,
  )
  .option('--json', 'print the timeline as JSON lines')
  .addHelpText(
    'after',
    '\nCtrl-C ends everything that this started. Exit codes: 0 ended by Ctrl-C, 1 it could not start or a fault, 2 wrong arguments.',
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
command.parse();
const options = command.opts<{ port: number; webPort: number; pace: number; json?: boolean }>();

const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
const say = (about: string, text: string, tone: 'plain' | 'good' | 'bad' | 'quiet' = 'plain'): void => {
  const atMs = Date.now();
  if (options.json) console.log(JSON.stringify({ time: new Date(atMs).toISOString(), about, text }));
  else console.log(formatLine(wallClock(atMs), { about, text, tone }, colour));
};

/** Thrown for what a person can mend; its message is the whole story. */
class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

let local: LocalCloud | undefined;
let closing: Promise<void> | undefined;
const close = (): Promise<void> => {
  closing ??= (async () => {
    await local?.close();
  })();
  return closing;
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    say('local cloud', 'ending all tasks and functions');
    void close().then(() => process.exit(0));
  });
}
const fail = async (error: unknown): Promise<never> => {
  const expected =
    error instanceof CannotStart ||
    error instanceof PortInUse ||
    error instanceof StackFailed ||
    error instanceof InvalidConfiguration;
  console.error(
    expected
      ? error.message
      : `The local cloud failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  await close();
  process.exit(1);
};
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (error) => void fail(error));

/** Synthesizes in a process of its own, as `npm run synth` does, so that a failed bundle is one sentence. */
const synthesize = (): string => {
  const outdir = resolve(import.meta.dirname, '../../.spillway', `assembly-${options.port}`);
  const result = spawnSync(process.execPath, [resolve(import.meta.dirname, '../../infra/app.ts')], {
    env: { ...process.env, CDK_VALIDATION: 'false', CDK_OUTDIR: outdir },
    encoding: 'utf8',
  });
  if (result.status === 0) return outdir;
  const lines = `${result.stderr}`.split('\n').map((line) => line.trim());
  const said = lines.find((line) => /error/i.test(line)) ?? lines.find((line) => line !== '') ?? 'no reason given';
  throw new CannotStart(`The templates and bundles could not be made: ${said}`);
};

const loadConfiguration = async (): Promise<Configuration> => (await import('../../spillway.config.ts')).default;

const main = async (): Promise<void> => {
  const configuration = await loadConfiguration();
  say('local cloud', 'synthesizing the templates and bundling the functions');
  const assembly = readAssembly(synthesize());
  if (closing) return;
  local = new LocalCloud({
    configuration,
    assembly,
    machines: sampleMachines,
    port: options.port,
    webPort: options.webPort,
    pace: options.pace,
    onEvent: (event) => {
      const line = describeEvent(event);
      if (line) say(line.about, line.text, line.tone);
    },
    onStack: (name, status) => say(name, `stack ${status}`, 'quiet'),
    onUnmodelled: (types) => {
      if (types.length > 0)
        say('local cloud', `resource types that are not modelled, made without effect: ${types.join(', ')}`);
    },
    onFault: (error) =>
      say(
        'local cloud',
        `fault of the simulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        'bad',
      ),
  });
  await local.start();
  say('local cloud', `${sampleMachines.length} machines registered; pushing the first image of every service`);
  for (const service of Object.keys(configuration.services)) {
    if (closing) return;
    await pushImage(service, { endpoint: local.endpoint });
  }
  await local.untilReady(() => undefined);
  if (!options.json) console.log(banner(local.endpoint));
  else say('local cloud', 'ready');
};

const banner = (endpoint: string): string => `
  Ready.
    storefront      http://127.0.0.1:${options.webPort}/
    API             http://127.0.0.1:${options.webPort}/api/orders
    every AWS API   ${endpoint}   (also the image registry; account 123456789012, us-east-1, any credentials)

  Try, in another terminal:
    npm run push -- order-processor                  one image becomes one release on both capacities
    npm run push -- order-processor --broken crash   … and a broken one is taken back on both
    npm run load -- --rate 20 --for 60               more orders than the premises can carry: a burst, and its recall
    npx spillway status                              twins, releases, rollouts, queues, bursts
    aws --endpoint-url ${endpoint} ecs describe-services --cluster spillway --services order-processor-external

  Ctrl-C ends everything.
`;

main().catch((error: unknown) => void fail(error));
