import type { BurstInvariant } from '../invariant.ts';
import { atItsBaseWhenQuiet } from './at-its-base-when-quiet.ts';
import { budgetIsKept } from './budget-is-kept.ts';
import { capIsKept } from './cap-is-kept.ts';
import { eachOrderOnce } from './each-order-once.ts';
import { everyBurstEnds } from './every-burst-ends.ts';
import { ledgerIsTrue } from './ledger-is-true.ts';
import { ledgerTellsSpot } from './ledger-tells-spot.ts';
import { noOscillation } from './no-oscillation.ts';
import { nobodyIsDenied } from './nobody-is-denied.ts';
import { oneActsAtATime } from './one-acts-at-a-time.ts';
import { restrictedOrdersStay } from './restricted-orders-stay.ts';

/** The rules of one seed; some of them remember what they have seen. */
export const burstInvariants = (): readonly BurstInvariant[] => [
  eachOrderOnce(),
  restrictedOrdersStay(),
  oneActsAtATime(),
  capIsKept(),
  budgetIsKept(),
  noOscillation(),
  atItsBaseWhenQuiet(),
  everyBurstEnds(),
  ledgerIsTrue(),
  ledgerTellsSpot(),
  nobodyIsDenied(),
];
