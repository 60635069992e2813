import { paidSecondsMin } from '../../../../functions/core/aws-prices.ts';
import { unpaidSeconds } from '../../../../functions/core/unseen-seconds.ts';
import type { BurstFacts } from '../burst-facts.ts';
import type { BurstInvariant } from '../invariant.ts';
import { turnsOf } from '../load.ts';
import { service } from '../shapes.ts';

/**
 * A fall waits until the newest task has used the minute that is paid in any case, so from one rise to the next fall at
 * least so long passes, and a burst of so many seconds can turn twice in each of them at most. Where all that waits is known
 * in time, it does not turn without a cause either: each change of the load and each deed is worth a rise and a fall, and
 * so is what it learns of its own tasks. Where tasks start slower than the deadline, or the counts are so old, at the look that
 * sees them, that what they tell leaves no time for a start, arrivals are guessed, and guesses swing: then only time bounds it.
 * Counts that are off by a share tell as little as ones that are older by as much of the deadline: so long takes what they are off by.
 */
const quietSeconds = unpaidSeconds + paidSecondsMin;

const isKnownInTime = ({ world, countsOldSeconds, countsNoise }: BurstFacts): boolean => {
  const {
    deadlineSeconds = 0,
    startSeconds = 0,
    lookSeconds = 0,
  } = world.world.configuration.services[service]?.burst ?? {};
  const knownSeconds = countsOldSeconds + lookSeconds + countsNoise * deadlineSeconds;
  return deadlineSeconds >= 60 && deadlineSeconds - knownSeconds >= startSeconds;
};

export const noOscillation = (): BurstInvariant => ({
  rule: 'a burst changes its direction only so often',
  atRest: (facts, bursts) =>
    bursts.flatMap(({ burstId, startedAt, endedAt, ledger }) => {
      if (!ledger || endedAt === undefined) return [];
      const [fromMs, toMs] = [Date.parse(startedAt), Date.parse(endedAt)];
      const byTime = 1 + 2 * Math.floor((toMs - fromMs) / 1_000 / quietSeconds);
      const deeds = facts.deeds.filter((deed) => deed.fromMs <= toMs && deed.toMs >= fromMs).length;
      const byCause = 3 + 2 * (turnsOf(facts.load) + deeds);
      const most = isKnownInTime(facts) ? Math.min(byTime, byCause) : byTime;
      return ledger.turns <= most
        ? []
        : [`${burstId} turned ${ledger.turns} times in ${Math.round((toMs - fromMs) / 1_000)} s, of ${most} at most`];
    }),
});
