import type { Behaviour } from '../virtual/scripted-runtime.ts';

/** What a pushed image is like, and which causes of a rollback are then the truth, besides those that anything may have. */
export interface ImageKind {
  readonly behaviour: Behaviour;
  readonly causes: readonly string[];
}

export const imageKinds = {
  good: { behaviour: {}, causes: [] },
  crashing: { behaviour: { exits: { afterSeconds: 1, code: 1 } }, causes: ['crash-after-start'] },
  // Healthy and counted as arrived before it crashes, and always one of its tasks runs when somebody looks.
  'crashing late': { behaviour: { exits: { afterSeconds: 45, code: 1 } }, causes: ['crash-after-start'] },
  'exiting cleanly': {
    behaviour: { exits: { afterSeconds: 5, code: 0 } },
    causes: ['crash-after-start', 'exits-cleanly'],
  },
  unhealthy: { behaviour: { healthy: false }, causes: ['unhealthy'] },
  'failing to start': { behaviour: { failsToStart: 'exec format error' }, causes: ['failed-to-start'] },
  // Longer than the deadline of any rollout here: what comes up at last is a good release all the same.
  slow: { behaviour: { startsAfterSeconds: 1_500 }, causes: [] },
} as const satisfies Readonly<Record<string, ImageKind>>;

export type ImageName = keyof typeof imageKinds;
/** Whether a rollout of it may complete. */
export const mayComplete = (kind: ImageName): boolean => kind === 'good' || kind === 'slow';
export const brokenImages = Object.keys(imageKinds).filter((name) => name !== 'good') as readonly ImageName[];
