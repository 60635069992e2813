import type { FunctionCall } from '../virtual/interference.ts';
import type { Facts } from './facts.ts';

/** A rule that no seed may break. Each check answers the sentences of what broke it; none is the rule's name alone. */
export interface Invariant {
  readonly rule: string;
  /** After each call of a function that changed ECS, at the moment of its effect. */
  readonly onWrite?: (facts: Facts, call: FunctionCall) => readonly string[];
  /** After each change of a task. */
  readonly onTask?: (facts: Facts) => readonly string[];
  /** When the faults are over and everything has come to rest. */
  readonly atRest?: (facts: Facts) => readonly string[];
  /** After a last release that nothing disturbed. */
  readonly atTheEnd?: (facts: Facts) => readonly string[];
}

/** What the function that moves twins was told, as far as rules look at it. */
export interface Move {
  readonly kind: 'forward' | 'back';
  readonly rollout: {
    readonly rolloutId: string;
    readonly fence: number;
    readonly executionArn: string;
    readonly startedAt: string;
    readonly digest: string;
    readonly trigger: { readonly time?: string };
  };
  readonly step: { readonly twin: string; readonly to: Place; readonly back: Place };
}

interface Place {
  readonly taskDefinition: string;
  readonly desiredCount?: number;
}

/** The move behind a call of UpdateService; undefined for counts that bursts and people ask for. */
export const moveOf = ({ action, folder, payload }: FunctionCall): Move | undefined => {
  const move = payload as Move;
  return action === 'UpdateService' && folder === 'move-twin' && (move.kind === 'forward' || move.kind === 'back')
    ? move
    : undefined;
};

/** A task definition that somebody else put on a twin is theirs until a rollout completes, also when its image does not come up. */
export const isForeign = (taskDefinition: string): boolean => taskDefinition.includes('-of-somebody-else:');

export const short = (digest: string | undefined): string => (digest ?? 'none').replace('sha256:', '').slice(0, 12);
