import { allUsd, type BurstLedger } from '../functions/core/burst-ledger.ts';
import type { Milestone } from '../functions/core/burst-milestones.ts';
import type { ServiceConfiguration } from '../functions/core/configuration.ts';
import type { Lateness } from '../functions/core/count-delays.ts';
import type { BurstRecord } from '../functions/core/state.ts';
import { clockTime, dateTime, table } from './words.ts';

/** One burst, and what is made of its looks. */
export interface BurstAccount {
  readonly burst: BurstRecord;
  /** The objective by today's configuration; undefined when the service does not burst any more. */
  readonly deadlineSeconds: number | undefined;
  readonly milestones: readonly Milestone[];
}

const usd = (dollars: number): string => `$${dollars.toFixed(4)}`;
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const verdictOf = ({ verdict, cause }: BurstRecord): string => (verdict ? `${verdict} (${cause})` : 'running');
const triggerOf = ({ trigger, actor }: BurstRecord): string => (actor ? `${trigger.kind} by ${actor}` : trigger.kind);

export const printBursts = (
  service: string,
  settings: ServiceConfiguration,
  bursts: readonly BurstRecord[],
): string => {
  if (!settings.burst && bursts.length === 0)
    return `${service} has no 'burst' in spillway.config.ts, so it never bursts.`;
  if (bursts.length === 0) return `${service} has not burst yet.`;
  const head = ['started', 'verdict', 'trigger', 'peak', 'Fargate s', 'USD', 'late', 'burst', 'reason'];
  return table(
    [
      head,
      ...bursts.map((burst) => [
        dateTime(burst.startedAt),
        verdictOf(burst),
        triggerOf(burst),
        burst.executionArn === '' ? '-' : String(burst.memory.peakFargateTasks),
        burst.ledger ? String(burst.ledger.fargateSeconds.paid) : '-',
        burst.ledger ? usd(allUsd(burst.ledger.usd)) : '-',
        burst.ledger && burst.ledger.pickUps.messages > 0 ? percent(burst.ledger.pickUps.lateShare) : '-',
        burst.burstId,
        burst.reason ?? burst.decided ?? '',
      ]),
    ],
    '',
  ).join('\n');
};

export const printBurst = (account: BurstAccount, chart: string | undefined): string => {
  const { burst, milestones, deadlineSeconds } = account;
  return [
    `burst ${burst.burstId} of ${burst.service}: ${verdictOf(burst)}, by ${triggerOf(burst)}`,
    ...[burst.reason ?? burst.decided].filter((text) => text !== undefined).map((text) => `  ${text}`),
    ...(milestones.length > 0
      ? [
          '',
          '  what happened when (each may have been up to a look earlier)',
          ...table(
            milestones.map(({ kind, atMs, seconds }) => [
              clockTime(new Date(atMs).toISOString()),
              `+${seconds} s`,
              kind,
            ]),
          ),
        ]
      : []),
    ...printLedger(account),
    ...printComparison(account),
    ...(chart ? ['', `  chart: ${chart}`] : []),
    ...(deadlineSeconds === undefined ? ['', "  The service has no 'burst' in spillway.config.ts any more."] : []),
  ].join('\n');
};

const lateness = (what: string, { messages, lateShare, p99Seconds }: Lateness): string[] =>
  messages === 0
    ? [what, 'nothing was counted']
    : [
        what,
        `${messages} messages, ${percent(lateShare)} after the deadline, 99 of 100 ${p99Seconds === undefined ? 'beyond what is counted' : `within ${p99Seconds} s`}`,
      ];

const printLedger = ({ burst: { ledger } }: BurstAccount): string[] => {
  if (!ledger) return [];
  const { paid, starting, idle, used, afterStop } = ledger.fargateSeconds;
  return [
    '',
    '  ledger',
    ...table([
      ['looks', String(ledger.looks)],
      ['peak', `${ledger.peakFargateTasks} Fargate tasks, ${ledger.peakBacklog} messages waiting`],
      ['starts', `${ledger.fargateStarts}; the number of tasks changed its direction ${ledger.turns} times`],
      [
        'Fargate',
        `${paid} s paid: ${used} used, ${starting} starting, ${idle} idle${afterStop === undefined ? '' : `, ${afterStop} after the stop`}`,
      ],
      ...printSpot(ledger),
      ['cost', costOf(ledger.usd)],
      lateness('picked up', ledger.pickUps),
      lateness('completed', ledger.completions),
    ]),
  ];
};

const costOf = (cost: BurstLedger['usd']): string => {
  const { fargate, controller, logs, network } = cost;
  const parts = [`${usd(fargate)} of Fargate`, `${usd(controller)} of the controller`];
  if (logs !== undefined && network !== undefined) parts.push(`${usd(logs)} of logs`, `${usd(network)} of the network`);
  return `${usd(allUsd(cost))}: ${parts.join(', ')}`;
};

/** What ran on demand and what on Spot, where some may run there. */
const printSpot = ({ spot, fargateSeconds, usd: cost }: BurstLedger): readonly string[][] =>
  spot
    ? [
        ['on demand', `${fargateSeconds.paid - spot.paidSeconds} s, ${usd(cost.fargate - spot.usd)}`],
        ['on Spot', `${spot.paidSeconds} s, ${usd(spot.usd)}; AWS took ${spot.takenBack} tasks back`],
      ]
    : [];

const printComparison = ({ burst: { ledger } }: BurstAccount): string[] => {
  if (!ledger?.comparison) return [];
  const { comparison } = ledger;
  const paid = ledger.fargateSeconds.paid;
  return [
    '',
    `  the same ${comparison.messages} messages with others, for the objective of ${comparison.deadlineSeconds} s`,
    ...table([
      ['policy', 'Fargate s', 'USD', 'late', 'starts', 'peak'],
      [
        'this burst',
        String(paid),
        usd(ledger.usd.fargate),
        ledger.pickUps.messages > 0 ? percent(ledger.pickUps.lateShare) : '-',
        String(ledger.fargateStarts),
        String(ledger.peakFargateTasks),
      ],
      [
        'least possible',
        String(Math.round(comparison.boundFargateSeconds)),
        usd(comparison.boundUsd),
        percent(0),
        '-',
        '-',
      ],
      ...comparison.policies.map(({ policy, fargateSeconds, usd: cost, lateShare, starts, peakTasks }) => [
        policy,
        String(fargateSeconds),
        usd(cost),
        percent(lateShare),
        String(starts),
        String(peakTasks),
      ]),
    ]),
    `    Reckoned from the looks: messages come evenly between two, each takes a task ${comparison.taskSecondsPerMessage.toFixed(2)} s (${comparison.measured ? 'as seen' : 'as believed'}),`,
    `    and after the last look it goes on as before; so reckoned, this burst itself is ${percent(comparison.reckonedLateShare)} late.`,
    '    The least possible counts no start; no controller could do with less.',
  ];
};
