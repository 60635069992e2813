import { ExpectedFailure } from '../core/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that a function needs.
 * @throws ExpectedFailure `MissingEnvironment` naming the first one that is missing.
 */
export const readEnvironment = <Name extends string>(
  env: Environment,
  folder: string,
  names: readonly Name[],
): Readonly<Record<Name, string>> => {
  const read = (name: Name): string => {
    const value = env[name];
    if (value) return value;
    throw new ExpectedFailure(
      'MissingEnvironment',
      `The function ${folder} needs the environment variable ${name}; the CDK app sets it.`,
    );
  };
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, string>;
};
