import { taskHourUsd } from '../../../../functions/core/aws-prices.ts';
import type { BurstFacts } from '../burst-facts.ts';
import { paidSecondsBetween, paidSpans } from '../fargate-truth.ts';
import type { BurstInvariant } from '../invariant.ts';
import { service } from '../shapes.ts';

const hourMs = 3_600_000;

/**
 * Of what AWS bills, the paid minute and the graceful stop of each task included, and however many bursts it was. The controller
 * keeps in hand what its tasks cost in three minutes without a look; where nobody looked for longer, as when every event of
 * EventBridge was lost, nothing could give them back. It gives back at the next look what it cannot pay for, so no more is excused
 * than was billed up to then, with the stop.
 */
const unattendedMs = 180_000;
/** For so long after its end a burst's last tasks, and after a rollout's end those that it replaced, may be paid for. */
const leavingMs = 60_000;

export const budgetIsKept = (): BurstInvariant => ({
  rule: 'no budget is passed',
  atRest: (facts) => {
    const { world } = facts;
    const settings = world.world.configuration.services[service];
    const budget = settings?.burst?.budget;
    if (!settings || !budget) return [];
    const spans = paidSpans(facts);
    const passed = (what: string, spanMs: number, maxUsd: number | undefined): string[] => {
      if (maxUsd === undefined) return [];
      const first = Math.floor(facts.fromMs / spanMs) * spanMs;
      const found: string[] = [];
      for (let fromMs = first; fromMs < world.now(); fromMs += spanMs) {
        const toMs = fromMs + spanMs;
        const billed = (from: number, to: number): number =>
          paidSecondsBetween(spans, world.base('fargate'), Math.max(fromMs, from), Math.min(toMs, to));
        const ofRollouts = rolloutsAlone(facts).reduce((sum, alone) => {
          const [aloneMs, untilMs] = [Math.max(fromMs, alone.fromMs), Math.min(toMs, alone.toMs)];
          const others = spans.filter((span) => span.fromMs < alone.fromMs);
          return sum + billed(aloneMs, untilMs) - paidSecondsBetween(others, world.base('fargate'), aloneMs, untilMs);
        }, 0);
        const seconds = billed(fromMs, toMs) - ofRollouts;
        const usdOf = (taskSeconds: number): number => (taskSeconds / 3_600) * taskHourUsd(settings);
        const unattended = gaps(facts).map((gap) => ({
          seconds: billed(gap.fromMs + unattendedMs, gap.toMs),
          untilThen: billed(fromMs, gap.toMs + leavingMs),
        }));
        const excused = Math.min(
          maxUsd + usdOf(unattended.reduce((sum, gap) => sum + gap.seconds, 0)),
          usdOf(Math.max(0, ...unattended.map((gap) => (gap.seconds > 0 ? gap.untilThen : 0)))),
        );
        if (usdOf(seconds) > Math.max(maxUsd, excused))
          found.push(`$${usdOf(seconds).toFixed(4)} of $${maxUsd} in the ${what} of ${new Date(fromMs).toISOString()}`);
      }
      return found;
    };
    return [...passed('hour', hourMs, budget.hourlyUsd), ...passed('day', 24 * hourMs, budget.dailyUsd)];
  },
});

interface Time {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Times in which a rollout replaces tasks and there is no burst: what it starts then beside the base is none of a burst's. What a
 * burst has left behind is.
 */
const rolloutsAlone = ({ world }: BurstFacts): readonly Time[] => {
  const timesOf = (machine: 'burst' | 'rollout'): readonly Time[] =>
    world
      .executions(machine)
      .map(({ startMs, stopMs }) => ({ fromMs: startMs, toMs: (stopMs ?? world.now()) + leavingMs }))
      .toSorted((a, b) => a.fromMs - b.fromMs);
  // One may begin before the last tasks of another one are gone.
  const rollouts: Time[] = [];
  for (const { fromMs, toMs } of timesOf('rollout')) {
    const last = rollouts.at(-1);
    if (last && fromMs <= last.toMs)
      rollouts[rollouts.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs) };
    else rollouts.push({ fromMs, toMs });
  }
  return timesOf('burst').reduce(
    (alone, burst) =>
      alone.flatMap(({ fromMs, toMs }) =>
        [
          { fromMs, toMs: Math.min(toMs, burst.fromMs) },
          { fromMs: Math.max(fromMs, burst.toMs), toMs },
        ].filter((time) => time.fromMs < time.toMs),
      ),
    rollouts,
  );
};

/** Times longer than that in which nobody looked. */
const gaps = ({ looksMs, world }: BurstFacts): readonly Time[] =>
  looksMs.flatMap((fromMs, index) => {
    const toMs = looksMs[index + 1] ?? world.now();
    return toMs - fromMs > unattendedMs ? [{ fromMs, toMs }] : [];
  });
