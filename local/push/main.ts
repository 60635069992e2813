import { SFNClient, SFNServiceException, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Argument, Command, Option } from 'commander';
import { configurationOrExit } from '../world/read-configuration.ts';
import { BundleFailed } from './build-image.ts';
import { newVersion, type Pushed, pushImage } from './push-image.ts';
import { PushFailed } from './registry-client.ts';
import { NoFindings, type ScanWishes, scanLabels } from './scan-labels.ts';

const services = Object.keys((await configurationOrExit()).services);

interface Options extends ScanWishes {
  readonly broken?: 'crash' | 'unhealthy' | 'missing-image';
  readonly endpoint: string;
  readonly json?: boolean;
}

/** Wrong input; the message says what is accepted. */
class NotAccepted extends Error {
  override readonly name = 'NotAccepted';
}

/** The images hold no Node of their own, so they are of use on the local cloud only. */
const localEndpoint = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) return url.origin;
  throw new NotAccepted(
    `The endpoint '${text}' is not accepted: push serves the local cloud (http://127.0.0.1:<port>); for a registry, build with services/<service>/Dockerfile.`,
  );
};

const pushAndTell = async (service: string, broken: 'crash' | 'unhealthy' | undefined, options: Options) => {
  const pushed = await pushImage(service, {
    endpoint: localEndpoint(options.endpoint),
    broken,
    labels: scanLabels(options),
  });
  console.log(options.json ? JSON.stringify(pushed) : describePush(pushed));
};

const describePush = (pushed: Pushed): string => {
  const mebibytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(2)} MiB`;
  const flaw = { crash: 'it crashes a second after its start', unhealthy: 'its health check always fails' };
  return [
    `pushed    ${pushed.service}:${pushed.version}${pushed.broken ? `  (broken on purpose: ${flaw[pushed.broken]})` : ''}`,
    `digest    ${pushed.digest}`,
    `size      ${mebibytes(pushed.compressedBytes)}, of which ${mebibytes(pushed.sentBytes)} were new to the registry`,
    `took      ${pushed.seconds.toFixed(1)} s`,
    'The push starts a rollout by itself: see the timeline of npm start, or npx spillway status.',
  ].join('\n');
};

/** Nothing can be pushed that is missing; so the rollout that a push would start is started for a tag without image. */
const startRolloutOfNothing = async (service: string, options: Options): Promise<void> => {
  const endpoint = localEndpoint(options.endpoint);
  const image = newVersion(new Date());
  const client = new SFNClient({
    endpoint,
    region: 'us-east-1',
    // The local cloud takes any credentials as the operator's.
    ...(!process.env.AWS_ACCESS_KEY_ID && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    maxAttempts: 1,
  });
  const started = await client.send(
    new StartExecutionCommand({
      stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:spillway-rollout`,
      input: JSON.stringify({ service, image }),
    }),
  );
  const told = { service, image, pushed: false, executionArn: started.executionArn };
  console.log(
    options.json
      ? JSON.stringify(told)
      : [
          `Nothing was pushed. A rollout of ${service}:${image}, a tag that does not exist, was started instead:`,
          `execution ${started.executionArn}`,
          'It ends as refused, without a write to ECS.',
        ].join('\n'),
  );
};

const command = new Command('npm run push --')
  .description('Builds a service as it stands into an image with a new version and pushes it to the local cloud.')
  .addArgument(new Argument('<service>', `one of ${services.join(', ')}`))
  .addOption(
    new Option('--broken <how>', 'push an image that fails, to see it rolled back').choices([
      'crash',
      'unhealthy',
      'missing-image',
    ]),
  )
  .option('--findings <severity=count,...>', 'push an image in which a scan finds so much, e.g. CRITICAL=1,HIGH=2')
  .addOption(new Option('--scan <end>', 'push an image whose scan ends so').choices(['failed', 'never']))
  .option(
    '--endpoint <url>',
    'of the local cloud (default: AWS_ENDPOINT_URL, else http://127.0.0.1:4566)',
    process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566',
  )
  .option('--json', 'print one JSON object')
  .addHelpText('after', '\nExit codes: 0 pushed, 1 not pushed, 2 wrong arguments.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(async (service: string, options: Options) => {
    if (!services.includes(service))
      throw new NotAccepted(`'${service}' is no service of spillway.config.ts; accepted: ${services.join(', ')}.`);
    if (options.broken === 'missing-image') await startRolloutOfNothing(service, options);
    else await pushAndTell(service, options.broken, options);
  });

try {
  await command.parseAsync();
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = error instanceof NotAccepted || error instanceof NoFindings ? 2 : 1;
}

function sentenceOf(error: unknown): string {
  if (
    error instanceof NotAccepted ||
    error instanceof NoFindings ||
    error instanceof BundleFailed ||
    error instanceof PushFailed
  )
    return error.message;
  if (error instanceof SFNServiceException) return `The rollout could not be started: ${error.name}: ${error.message}`;
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')
    return 'No local cloud answers there. Is it running (npm start)?';
  return `The push failed: ${error instanceof Error ? error.message : String(error)}`;
}
