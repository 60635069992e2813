import { prepareWorlds, type WorldMaterial } from '../../local/virtual/world.ts';
import configuration from '../../spillway.config.ts';

let prepared: Promise<WorldMaterial> | undefined;

/** The sample configuration's templates and code, made once for each test file that asks. */
export const sampleMaterial = (): Promise<WorldMaterial> => {
  prepared ??= prepareWorlds(configuration);
  return prepared;
};
