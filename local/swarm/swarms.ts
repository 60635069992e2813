import { burstSwarm } from './bursts/play-bursts.ts';
import { rolloutSwarm } from './play-rollouts.ts';
import type { Swarm } from './swarm.ts';

export const swarms = { rollouts: rolloutSwarm, bursts: burstSwarm } as const satisfies Record<string, Swarm>;

export type SwarmName = keyof typeof swarms;
export const swarmNames = Object.keys(swarms) as readonly SwarmName[];
