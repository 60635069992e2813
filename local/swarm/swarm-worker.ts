import { parentPort, workerData } from 'node:worker_threads';
import { playSwarmSeed } from './swarm-seed.ts';
import { type SwarmName, swarms } from './swarms.ts';

/** A thread that plays the seeds it is sent, one after the other, and tells the outcome of each. */

const { swarm, twice } = workerData as { readonly swarm: SwarmName; readonly twice: boolean };
if (!parentPort) throw new Error('this is a thread of the simulate command');
const port = parentPort;
port.on('message', async (seed: number) => port.postMessage(await playSwarmSeed(swarms[swarm], seed, twice)));
port.postMessage('ready');
