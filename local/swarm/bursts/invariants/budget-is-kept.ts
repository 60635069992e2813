import { taskHourUsd } from '../../../../functions/core/fargate-prices.ts';
import { paidSecondsBetween, paidSpans } from '../fargate-truth.ts';
import type { BurstInvariant } from '../invariant.ts';
import { service } from '../shapes.ts';

const hourMs = 3_600_000;

/**
 * Of what AWS bills, the paid minute of each task included, and however many bursts it was. The controller counts tasks as ECS
 * does, which forgets one when it is to stop; it is billed until it has stopped, and to the end of its first minute where it dies in it.
 */
const unseenSecondsATask = 20;

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
        const unseenSeconds = spans
          .filter((span) => span.fromMs < fromMs + spanMs && span.toMs > fromMs)
          .reduce((sum, { goneMs, toMs }) => sum + unseenSecondsATask + (toMs - goneMs) / 1_000, 0);
        const unseenUsd = (unseenSeconds / 3_600) * taskHourUsd(settings);
        if (usd > maxUsd + unseenUsd)
          found.push(`$${usd.toFixed(4)} of $${maxUsd} in the ${what} of ${new Date(fromMs).toISOString()}`);
      }
      return found;
    };
    return [...passed('hour', hourMs, budget.hourlyUsd), ...passed('day', 24 * hourMs, budget.dailyUsd)];
  },
});
