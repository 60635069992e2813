import type { Chance } from '../chance.ts';
import { type BurstAct, note, span } from './acts.ts';
import { type Shape, shapes } from './shapes.ts';

/** Shapes of which a part of the Fargate tasks runs on Spot, and what AWS does to them. */

/** Every seventh seed plays one; what the others play does not know of Spot. */
const everySeeds = 7;
const firstSeed = 4;

const shares = [0.5, 0.8, 1] as const;

/** Spot at the price on demand, so that budgets are held in seconds whatever a task runs on. */
const onSpot = (shape: Shape, spotShare: number): Shape => ({
  ...shape,
  name: `${shape.name}, ${100 * spotShare} % on Spot`,
  burst: { ...shape.burst, spotShare, spotDiscount: 0 },
});

const spotShapes: readonly Shape[] = shares.flatMap((share) => shapes.map((shape) => onSpot(shape, share)));

export const shapeOfSeed = (seed: number): Shape =>
  seed % everySeeds === firstSeed
    ? (spotShapes[Math.floor(seed / everySeeds) % spotShapes.length] as Shape)
    : (shapes[seed % shapes.length] as Shape);

export const runsOnSpot = ({ burst }: Shape): boolean => burst.spotShare !== undefined;

/** AWS warns tasks and stops them at once; for some time it may have no room for those that ECS starts in their place. */
export const spotTakenBack: BurstAct = {
  name: 'Spot taken back',
  weight: 1,
  run: async (scene) => {
    const { chance, facts } = scene;
    const { faults, clusters } = facts.world.world.cloud.ecs;
    const share = chance.happens('all of Spot', 0.5) ? 1 : chance.between('share of Spot', 0.2, 0.9);
    const forMs = chance.happens('no Spot afterwards', 0.6) ? span(scene, 'lacks Spot for', 0.2, 5) : 0;
    const running = [...clusters.values()].flatMap(({ tasks }) =>
      [...tasks.values()].filter((task) => task.capacityProvider === 'FARGATE_SPOT' && task.lastStatus === 'RUNNING'),
    );
    if (running.length === 0) return undefined;
    note(scene, 'spot', 'FARGATE_SPOT', forMs);
    faults.interruptSpot(share);
    if (forMs > 0) faults.lackFargate('FARGATE_SPOT', forMs);
    return `AWS takes ${(100 * share).toFixed(0)} % of ${running.length} tasks on Spot back${forMs > 0 ? `, and has no room there for ${(forMs / 60_000).toFixed(1)} min` : ''}`;
  },
};

/** Many, since each finds something only while a task on Spot runs. */
export const spotActsOf = (shape: Shape, chance: Chance): readonly BurstAct[] =>
  runsOnSpot(shape) ? Array<BurstAct>(chance.whole('Spot acts', 4, 12)).fill(spotTakenBack) : [];
