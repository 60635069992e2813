import { Command, CommanderError, InvalidArgumentError } from 'commander';

export interface Options {
  /** Port of every AWS API and of the image registry. */
  readonly port: number;
  /** Port of the load balancer. */
  readonly webPort: number;
  /** Divides what AWS decides. */
  readonly pace: number;
  readonly json: boolean;
}

/** What a command line asks for: to run, or to end at once with what has been written (help, or a mistake). */
export type Parsed = { readonly options: Options } | { readonly exitCode: 0 | 2 };

const wholeNumber =
  (least: number, most: number) =>
  (value: string): number => {
    const number = Number(value);
    if (value.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Accepted is a whole number from ${least} to ${most}.`);
  };

/** Reads the arguments behind `npm start --`; help goes to `write.out`, what is wrong with them to `write.error`. */
export const parseOptions = (
  args: readonly string[],
  write: { readonly out: (text: string) => void; readonly error: (text: string) => void },
): Parsed => {
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
    .option('--json', 'print the timeline as JSON lines', false)
    .addHelpText(
      'after',
      '\nCtrl-C ends everything that this started. Exit codes: 0 ended by Ctrl-C, 1 it could not start or a fault, 2 wrong arguments.',
    )
    .allowExcessArguments(false)
    .configureOutput({ writeOut: write.out, writeErr: write.error })
    .exitOverride();
  try {
    const options = command.parse(args, { from: 'user' }).opts<Options>();
    if (options.port === options.webPort)
      command.error(`error: --port and --web-port are both ${options.port}; give them different ports.`);
    return { options };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: error.exitCode === 0 ? 0 : 2 };
  }
};
