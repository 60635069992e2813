import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { fargateCpuUnits, fargateMemoryMiB } from '../../functions/core/configuration.ts';
import type { WhatIfAnswer, WhatIfRow } from '../../local/replay/what-if.ts';
import { burstChart } from '../charts/burst-chart.ts';
import { prepareChart } from '../charts/prepare-chart.ts';
import { type Context, NotAccepted } from '../context.ts';
import { table } from '../words.ts';

const number =
  (what: string, from: number, to: number, whole = false) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= from && value <= to && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(
      `'${text}' is no ${what}. Accepted: a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`,
    );
  };

const cpuUnits = (text: string): number => {
  const value = Number(text);
  if (fargateCpuUnits.includes(value)) return value;
  throw new InvalidArgumentError(
    `Fargate has no task of '${text}' CPU units. Accepted: ${fargateCpuUnits.join(', ')}.`,
  );
};

/** What Fargate has with these CPU units; the least of it where none is asked for. @throws NotAccepted */
const memoryFor = ({ cpu, memory }: Pick<Options, 'cpu' | 'memory'>): number => {
  const accepted = fargateMemoryMiB(cpu);
  const found = memory === undefined ? accepted[0] : accepted.find((each) => each === memory);
  if (found !== undefined) return found;
  throw new NotAccepted(
    `Fargate has no task of ${cpu} CPU units with ${memory} MiB. Accepted for --memory: ${accepted.join(', ')}.`,
  );
};

interface Options {
  readonly trace: string;
  readonly deadline: number;
  readonly serviceTime: number;
  readonly external: number;
  readonly cpu: number;
  readonly memory?: number;
  readonly hours: number;
  readonly seed: number;
  readonly chart?: string;
  readonly json?: boolean;
}

/** `spillway simulate`: somebody's own traffic through the real controller, without an account. */
export const addSimulate = (program: Command, context: Context): void => {
  program
    .command('simulate')
    .description(
      'replay your own traffic through the real burst controller in the simulator: how late, what it costs, and what the alternatives would',
    )
    .requiredOption('--trace <file>', "counts of messages: a first line 'timestamp_s,count', then one line a bin")
    .requiredOption('--service-time <seconds>', 'mean work in one message', number('service time', 0.05, 600))
    .requiredOption(
      '--external <slots>',
      'messages that the machines on premises work on at a time',
      number('number of slots', 1, 500, true),
    )
    .option(
      '--deadline <seconds>',
      'objective: a message is picked up within so many seconds',
      number('deadline', 10, 43_200, true),
      120,
    )
    .option(
      '--cpu <units>',
      'CPU units of one Fargate task, which works on one message at a time; for the price',
      cpuUnits,
      256,
    )
    .option(
      '--memory <MiB>',
      'memory of one Fargate task, for the price (default: the least that Fargate has with --cpu)',
      number('number of MiB', 512, 122_880, true),
    )
    .option(
      '--hours <hours>',
      'of longer traffic, play the part of this length that needs Fargate most',
      number('number of hours', 0.1, 48),
      6,
    )
    .option('--seed <number>', 'draws the messages from the counts', number('seed', 0, 999_999_999, true), 1)
    .option('--chart <file>', 'write queue, capacity and waits over time as SVG')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      const memoryMiB = memoryFor(options);
      // Loaded only now: the other commands need neither the simulator nor a solver.
      const { describeTraffic, readTraffic, InvalidTraffic } = await import('../../local/replay/read-traffic.ts');
      const { answerWhatIf, messagesMax, playedPart } = await import('../../local/replay/what-if.ts');
      let text: string;
      try {
        text = readFileSync(options.trace, 'utf8');
      } catch (error) {
        throw new NotAccepted(`${options.trace} cannot be read: ${(error as Error).message}`);
      }
      const read = () => {
        try {
          return readTraffic(text, basename(options.trace));
        } catch (error) {
          if (error instanceof InvalidTraffic) throw new NotAccepted(error.message);
          throw error;
        }
      };
      const input = {
        traffic: read(),
        externalSlots: options.external,
        serviceSeconds: options.serviceTime,
        deadlineSeconds: options.deadline,
        task: { cpuUnits: options.cpu, memoryMiB },
        windowSeconds: Math.round(options.hours * 3_600),
        seed: options.seed,
      };
      context.progress(`${input.traffic.name}: ${describeTraffic(input.traffic)}.`);
      const { messages } = playedPart(input);
      if (messages > messagesMax)
        throw new NotAccepted(
          `${Math.round(messages)} messages in ${options.hours} hours are more than a replay takes (${messagesMax}); give fewer --hours, or divide the counts and --external by the same number.`,
        );
      if (options.chart) prepareChart(options.chart);
      context.progress(
        `Replaying about ${Math.round(messages)} messages through the controller in the simulator: some ${Math.max(3, Math.round(messages / 8_000))} s.`,
      );
      const answer = await answerWhatIf(input);
      if (options.chart) {
        const title = `${answer.trace}: picked up within ${options.deadline} s`;
        const mine = answer.rows[0];
        const subtitle = `${options.external} slots on premises, ${options.serviceTime} s a message; ${mine?.latePct} % late, $${mine?.usd.toFixed(2)} of Fargate`;
        writeFileSync(options.chart, await burstChart(title, subtitle, answer.steps, options.deadline));
      }
      context.out(options.json ? JSON.stringify(answer, null, 2) : print(answer, options));
    });
};

/** What a receive takes in the replay of ours, with a slot free meanwhile; the alternatives are played without. */
const receiveSeconds = 0.03;

const hours = (seconds: number): string => `${(seconds / 3_600).toFixed(1)} h`;

/** Which part of the file the figures are of. */
const played = ({ fromSeconds, seconds, traceSeconds, gaps }: WhatIfAnswer): string => {
  const part =
    seconds < traceSeconds
      ? `the ${hours(seconds)} of ${hours(traceSeconds)} that need Fargate most, from ${fromSeconds} s on`
      : `all of its ${hours(seconds)}`;
  return gaps === 0 ? part : `${part}; the file has ${gaps} ${gaps === 1 ? 'gap' : 'gaps'} without traffic`;
};

const print = (answer: WhatIfAnswer, options: Options): string => {
  const cell = ({
    policy,
    latePct,
    p99S,
    longestS,
    taskHours,
    usd,
    costOverBound,
    starts,
    peakTasks,
  }: WhatIfRow): string[] => [
    policy,
    latePct.toFixed(2),
    String(Math.round(p99S)),
    String(Math.round(longestS)),
    taskHours.toFixed(2),
    usd.toFixed(2),
    costOverBound === null ? '-' : costOverBound.toFixed(2),
    String(starts),
    String(peakTasks),
  ];
  const head = ['policy', 'late %', 'p99 s', 'longest s', 'task-hours', 'USD', 'cost/bound', 'starts', 'peak tasks'];
  const mine = answer.rows[0];
  return [
    `${answer.trace}: ${answer.messages} messages in ${played(answer)}. ${options.external} slots of ${options.serviceTime} s on premises carry ${answer.coverage} times the mean.`,
    `Objective: picked up within ${options.deadline} s. A Fargate task costs $${answer.taskHourUsd} an hour; nobody could do with less than ${answer.boundTaskHours} task-hours, $${answer.boundUsd.toFixed(2)}.`,
    '',
    ...table([head, ...answer.rows.map(cell)], '  '),
    '',
    mine && mine.taskHours === 0
      ? 'The premises carry this traffic: no burst was started.'
      : `Ours is 'spillway', as it deploys. A cost below 1 with late messages is no saving: the work was not done in time.`,
    `Ours takes about ${1_000 * receiveSeconds} ms to receive a message, ${((100 * receiveSeconds) / options.serviceTime).toFixed(1)} % of its work; the others, and the bound, receive in no time.`,
    ...(options.chart ? [`chart: ${options.chart}`] : ['--chart <file> draws queue, capacity and waits over time.']),
  ].join('\n');
};
