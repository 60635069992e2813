import type { Freeze } from './state.ts';

/** What CodePipeline says of the transition into a stage; a stage that was never held says nothing of a reason. */
export interface StageTransition {
  readonly enabled: boolean;
  readonly disabledReason: string | undefined;
}

export type StageDecision =
  | { readonly kind: 'hold'; readonly reason: string }
  | { readonly kind: 'open' }
  /** `heldFor`: why somebody else holds it; undefined where nobody else does. */
  | { readonly kind: 'leave'; readonly heldFor: string | undefined };

/** Begins every reason by which Spillway holds a stage: what is held by another one is somebody else's to open. */
const ours = 'Frozen by Spillway';

/** Longest reason that CodePipeline takes (API reference, DisableStageTransition). */
const reasonMax = 300;

/**
 * A reason in the letters that CodePipeline takes, `[a-zA-Z0-9!@ ().*?-]` (API reference, DisableStageTransition): an
 * accent is left away, anything else becomes a hyphen.
 */
export const stageReason = ({ reason }: Pick<Freeze, 'reason'>): string => {
  const text = reason
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^a-zA-Z0-9!@ ().*?-]/gu, '-')
    .trim();
  return (text ? `${ours} - ${text}` : ours).slice(0, reasonMax);
};

/**
 * What is to be done with the stage of a pipeline: it is held while a freeze covers one of its services, and opened where
 * none does any more, whichever call ended the last of them. A stage that somebody holds for another reason is theirs.
 */
export const judgeStage = (freeze: Freeze | undefined, { enabled, disabledReason }: StageTransition): StageDecision => {
  const isOurs = !enabled && disabledReason?.startsWith(ours) === true;
  if (!enabled && !isOurs) return { kind: 'leave', heldFor: disabledReason ?? '' };
  if (!freeze) return enabled ? { kind: 'leave', heldFor: undefined } : { kind: 'open' };
  const reason = stageReason(freeze);
  return enabled || disabledReason !== reason ? { kind: 'hold', reason } : { kind: 'leave', heldFor: undefined };
};
