import { z } from 'zod';
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

const Names = z.record(z.string(), z.string());

/** What a variable says of names by other names, as the CDK app writes it: a JSON object of strings. */
export const namesIn = (variable: string): Readonly<Record<string, string>> => Names.parse(JSON.parse(variable));
