import type { Invariant } from '../invariant.ts';
import { capacityStays } from './capacity-stays.ts';
import { everyRolloutEnds } from './every-rollout-ends.ts';
import { newerStays } from './newer-stays.ts';
import { noMixtureBetweenTwins } from './no-mixture-between-twins.ts';
import { noMixtureWithinATwin } from './no-mixture-within-a-twin.ts';
import { noProbeIsLeft } from './no-probe-is-left.ts';
import { nobodyIsDenied } from './nobody-is-denied.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { theLastReleaseStands } from './the-last-release-stands.ts';
import { verdictsAreTrue } from './verdicts-are-true.ts';

/** The rules of one seed; some of them remember what they have seen. */
export const invariants = (): readonly Invariant[] => [
  oneAtATime(),
  noMixtureWithinATwin(),
  noMixtureBetweenTwins(),
  noProbeIsLeft(),
  newerStays(),
  capacityStays(),
  everyRolloutEnds(),
  verdictsAreTrue(),
  theLastReleaseStands(),
  nobodyIsDenied(),
];
