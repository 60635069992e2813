import type { BurstRecord, CountMove } from '../../../functions/core/state.ts';
import type { FunctionCall } from '../../virtual/interference.ts';
import type { BurstFacts } from './burst-facts.ts';
import type { Order, RunningWorker } from './burst-world.ts';

/** A rule that no seed may break. Each check answers the sentences of what broke it; none is the rule's name alone. */
export interface BurstInvariant {
  readonly rule: string;
  /** After each call of a function that changed ECS, at the moment of its effect. */
  readonly onWrite?: (facts: BurstFacts, call: FunctionCall) => readonly string[];
  /** After a worker received an order, and after it wrote its effect. */
  readonly onOrder?: (facts: BurstFacts, order: Order, worker: RunningWorker) => readonly string[];
  /** When the load and the faults are over and everything has come to rest. */
  readonly atRest?: (facts: BurstFacts, bursts: readonly BurstRecord[]) => readonly string[];
}

/** A count that a burst sets. */
export interface CountChange {
  readonly burstId: string;
  readonly executionArn: string;
  readonly move: CountMove;
}

/** The burst's change behind a call of UpdateService; undefined for those of rollouts and people. */
export const countChangeOf = ({ action, folder, payload }: FunctionCall): CountChange | undefined => {
  const change = payload as CountChange & { readonly kind: string };
  return action === 'UpdateService' && folder === 'move-twin' && change.kind === 'burst' ? change : undefined;
};
