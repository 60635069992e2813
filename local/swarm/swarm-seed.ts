import type { OnLine, Swarm, SwarmOutcome } from './swarm.ts';

/** Plays one seed, and once more where `twice` says so: both histories must be the same. Never rejects. */
export const playSwarmSeed = async (
  { play }: Swarm,
  seed: number,
  twice: boolean,
  onLine?: OnLine,
): Promise<SwarmOutcome> => {
  try {
    const first = await play(seed, onLine);
    if (!twice) return first;
    const second = await play(seed);
    if (second.traceHash === first.traceHash) return first;
    const differs = `two runs, two histories: ${first.traceHash} and ${second.traceHash}`;
    return { ...first, broken: [...first.broken, differs] };
  } catch (error) {
    return failedSeed(seed, `an error that nobody handled: ${error instanceof Error ? error.stack : String(error)}`);
  }
};

export const failedSeed = (seed: number, reason: string): SwarmOutcome => ({
  seed,
  traceHash: '',
  virtualSeconds: 0,
  events: 0,
  ended: 0,
  broken: [reason],
  drawn: {},
  verdicts: {},
  entered: [],
});
