import type { Fidelity } from '../../simulator/cloud/fidelity.ts';
import type { WorldMaterial } from '../virtual/world.ts';
import { playMainJob, type StoryLine, type StoryResult } from './main-job.ts';

/** Plays a story from its first event to its last check. @throws what the world itself throws: a fault of the program. */
export type Play = (
  material: WorldMaterial,
  seed: number,
  onLine: (line: StoryLine) => void,
  /** How AWS behaves. Default: every default. */
  fidelity?: Fidelity,
) => Promise<StoryResult>;

export const scenarios: Readonly<Record<string, Play>> = { 'main-job': playMainJob };
