import { taskHourUsd } from '../../../../functions/core/aws-prices.ts';
import type { BurstFacts } from '../burst-facts.ts';
import { paidSecondsBetween, paidSpans } from '../fargate-truth.ts';
import type { BurstInvariant } from '../invariant.ts';
import { service } from '../shapes.ts';

const hourMs = 3_600_000;

/**
 * Of what AWS bills, the paid minute and the graceful stop of each task included, and however many bursts it was. The controller
 * keeps in hand what its tasks cost in three minutes without a look; where nobody looked for longer, as when every event of
 * EventBridge was lost, nothing could give them back.
 */
const unattendedMs = 180_000;

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
        const seconds = paidSecondsBetween(spans, world.base('fargate'), fromMs, fromMs + spanMs);
        const usd = (seconds / 3_600) * taskHourUsd(settings);
        const unattended = gaps(facts).reduce(
          (sum, gap) =>
            sum +
            paidSecondsBetween(
              spans,
              world.base('fargate'),
              Math.max(fromMs, gap.fromMs + unattendedMs),
              Math.min(fromMs + spanMs, gap.toMs),
            ),
          0,
        );
        if (usd > maxUsd + (unattended / 3_600) * taskHourUsd(settings))
          found.push(`$${usd.toFixed(4)} of $${maxUsd} in the ${what} of ${new Date(fromMs).toISOString()}`);
      }
      return found;
    };
    return [...passed('hour', hourMs, budget.hourlyUsd), ...passed('day', 24 * hourMs, budget.dailyUsd)];
  },
});

/** Times longer than that in which nobody looked. */
const gaps = ({ looksMs, world }: BurstFacts): readonly { readonly fromMs: number; readonly toMs: number }[] =>
  looksMs.flatMap((fromMs, index) => {
    const toMs = looksMs[index + 1] ?? world.now();
    return toMs - fromMs > unattendedMs ? [{ fromMs, toMs }] : [];
  });
