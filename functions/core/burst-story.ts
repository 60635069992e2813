import type { BurstLedger } from './burst-ledger.ts';
import type { Milestone, MilestoneKind } from './burst-milestones.ts';
import type { BurstComparison } from './compare-burst.ts';
import type { Happening } from './history.ts';
import type { Burst, CountMove, End, Trigger } from './state.ts';
import { lineAbout, sentence, type Told } from './told.ts';

/** The lines that a burst adds to the history of its service. */

type Named = Pick<Burst, 'burstId'> & { readonly actor?: string };

const lineOf = ({ burstId, actor = '' }: Named, told: Told): Happening => lineAbout('burst', burstId, actor, told);

/** Where a signal comes from. */
const sources: Readonly<Record<string, string>> = {
  saturation: 'event of a worker',
  alarm: 'event of CloudWatch',
  'site-loss': 'event of ECS',
};
const sourceOf = ({ kind }: Trigger): string => sources[kind] ?? `StartExecution, by ${kind}`;

const signalOf = ({ kind, queue, queueDelaySeconds, alarmName, reason, machine }: Trigger, actor: string): string => {
  switch (kind) {
    case 'saturation':
      return `A worker received a message of ${String(queue)} that had waited for ${String(queueDelaySeconds)} s.`;
    case 'alarm':
      return sentence(`The alarm ${String(alarmName)} rose${reason === undefined ? '' : `: ${String(reason)}`}`);
    case 'site-loss':
      return `The agent of the machine ${String(machine)} is lost.`;
    default:
      return `${actor || 'Somebody'} asked for a burst.`;
  }
};

/** The signal, and what was asked for. */
export const signalLine = ({ trigger, actor, startedAt, tasks, untilMs, ...burst }: Burst): Happening => {
  const until = untilMs === undefined ? '' : ` until ${new Date(untilMs).toISOString()}`;
  const fixed = tasks === undefined ? until : ` with ${tasks} Fargate ${tasks === 1 ? 'task' : 'tasks'}${until}`;
  const text = signalOf(trigger, actor);
  return lineOf(
    { ...burst, actor },
    {
      what: 'signal',
      at: startedAt,
      source: sourceOf(trigger),
      text: fixed === '' ? text : `${text.slice(0, -1)},${fixed}.`,
      detail: { trigger },
    },
  );
};

/** A start that nothing came of. */
export const refusedLine = (
  burst: Named & { readonly trigger: Trigger },
  { verdict, cause, reason }: Pick<End, 'verdict' | 'cause' | 'reason'>,
  at: string,
): Happening =>
  lineOf(burst, {
    what: 'refused',
    at,
    source: sourceOf(burst.trigger),
    text: `${verdict} (${cause}): ${reason}`,
    detail: { verdict, cause, trigger: burst.trigger },
  });

/** Another execution goes on, since the one before ended without closing the burst. */
export const resumedLine = ({ burstId, generation }: Burst, at: string): Happening =>
  lineOf(
    { burstId },
    {
      what: `resumed#${generation}`,
      at,
      source: 'lease',
      text: 'Another execution goes on with the burst, whose own had ended and not closed it.',
      detail: { generation },
    },
  );

/**
 * What a look decided, once it is done.
 * @param look number of the look in the burst, from 1.
 */
export const decidedLine = (
  { burstId }: Burst,
  look: number,
  { reason, moves }: { readonly reason: string; readonly moves: readonly CountMove[] },
  alarm: { readonly kind: string; readonly reason: string } | undefined,
  at: string,
): Happening =>
  lineOf(
    { burstId },
    {
      what: `look#${look}`,
      at,
      source: 'look at the queue',
      // What is declared to be late stands in the reason, too.
      text:
        alarm && !reason.toLowerCase().includes(alarm.reason.toLowerCase())
          ? `${sentence(reason)} ${sentence(alarm.reason)}`
          : sentence(reason),
      detail: { look, moves, ...(alarm && { alarm: alarm.kind }) },
    },
  );

const seen: Readonly<Partial<Record<MilestoneKind, string>>> = {
  'first Fargate task': 'The first Fargate task works.',
  peak: 'As many messages wait as at no other look.',
  drain: 'Nothing has waited long any more.',
  recall: 'The last Fargate tasks are given back.',
};

const usd = (dollars: number): string => `$${dollars.toFixed(4)}`;

const ledgerOf = ({
  fargateSeconds,
  fargateStarts,
  peakFargateTasks,
  usd: cost,
  spot,
  pickUps,
}: BurstLedger): string => {
  const { paid, used, starting, idle, afterStop } = fargateSeconds;
  const after = afterStop === undefined ? '' : `, ${afterStop} after the stop`;
  const late =
    pickUps.messages === 0
      ? 'no pick-up was counted'
      : `${pickUps.messages} messages picked up, ${(100 * pickUps.lateShare).toFixed(2)} % of them late`;
  const { logs: logsUsd, network } = cost;
  const logs =
    logsUsd === undefined || network === undefined
      ? ''
      : `, ${usd(logsUsd)} of logs and ${usd(network)} of the network`;
  return (
    `Ledger: ${paid} s of Fargate paid for (${used} used, ${starting} starting, ${idle} idle${after}), ${fargateStarts} starts, ${peakFargateTasks} tasks at most; ` +
    `${usd(cost.fargate)} of Fargate${spot ? ` (${spot.paidSeconds} s and ${usd(spot.usd)} of it on Spot, where AWS took ${spot.takenBack} back)` : ''}, ${usd(cost.controller)} of the controller${logs}; ${late}.`
  );
};

const comparisonOf = ({ messages, boundFargateSeconds, boundUsd, policies }: BurstComparison): string => {
  const others = policies.map(
    ({ policy, usd: cost, lateShare }) => `${policy} ${usd(cost)} with ${(100 * lateShare).toFixed(2)} % late`,
  );
  return (
    `The same ${Math.round(messages)} messages with others, as reckoned: ${others.join('; ')}. ` +
    `No controller could have kept the deadline with less than ${Math.round(boundFargateSeconds)} s of Fargate (${usd(boundUsd)}).`
  );
};

/** What the looks saw besides the decisions, how it ended, the ledger, and what others would have cost. */
export const endLines = (
  { burstId, actor }: Burst,
  milestones: readonly Milestone[],
  end: End,
  ledger: BurstLedger,
  at: string,
): readonly Happening[] => [
  ...milestones.flatMap(({ kind, atMs }) => {
    const text = seen[kind];
    const known = { what: kind.replaceAll(' ', '-'), at: new Date(atMs).toISOString(), source: 'look at the queue' };
    return text === undefined ? [] : [lineOf({ burstId }, { ...known, text })];
  }),
  lineOf(
    { burstId, actor },
    {
      what: 'ended',
      at,
      source: 'burst',
      text: `${end.verdict} (${end.cause}): ${end.reason}`,
      detail: { verdict: end.verdict, cause: end.cause },
    },
  ),
  lineOf({ burstId, actor }, { what: 'ledger', at, source: 'burst', text: ledgerOf(ledger), detail: { ledger } }),
  ...(ledger.comparison
    ? [lineOf({ burstId, actor }, { what: 'comparison', at, source: 'burst', text: comparisonOf(ledger.comparison) })]
    : []),
];
