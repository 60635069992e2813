import { parentPort, workerData } from 'node:worker_threads';
import { playSwarmSeed } from './swarm-seed.ts';

/** A thread that plays the seeds it is sent, one after the other, and tells the outcome of each. */

const { twice } = workerData as { readonly twice: boolean };
if (!parentPort) throw new Error('this is a thread of the simulate command');
const port = parentPort;
port.on('message', async (seed: number) => port.postMessage(await playSwarmSeed(seed, twice)));
port.postMessage('ready');
