import type { Fidelity } from '../../simulator/cloud/fidelity.ts';
import type { Ended, ServiceChange } from '../rollouts/rollout-world.ts';
import type { Machine } from '../world/machines.ts';
import type { Stage } from './stage.ts';

/** An end state of a rollout: how the world gets there, and what the controller must then say. */
export interface Scenario {
  /** The end state, as people speak of it. */
  readonly state: string;
  readonly expected: { readonly verdict: string; readonly cause: string };
  /** How the service differs from the usual one: three tasks on premises, one on Fargate. */
  readonly change?: ServiceChange;
  readonly machines?: readonly Machine[];
  readonly fidelity?: Fidelity;
  /** Plays the world up to the end of the rollout in question, and checks what is then true. */
  readonly play: (stage: Stage) => Promise<Ended>;
}
