import { parentPort, workerData } from 'node:worker_threads';
import { prepareWorlds } from '../virtual/world.ts';
import { readConfiguration } from '../world/read-configuration.ts';
import { scenarios } from './scenarios.ts';
import { type Job, playSeed } from './seed-run.ts';

/** A thread that plays the jobs it is sent, one after the other, and tells the outcome of each. */

const { scenario, twice } = workerData as { readonly scenario: string; readonly twice: boolean };
const play = scenarios[scenario];
if (!parentPort || !play)
  throw new Error(`this is a thread of the simulate command; it knows no scenario '${scenario}'`);
const port = parentPort;
const material = await prepareWorlds(await readConfiguration());
port.on('message', async (job: Job) => port.postMessage(await playSeed(play, material, job, twice)));
port.postMessage('ready');
