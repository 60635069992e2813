import { elbErrors } from './errors.ts';

/** `what` begins the sentence of the error: `Load balancer`. @throws AwsError */
export const checkName = (what: string, name: string | undefined): string => {
  if (!name) throw elbErrors.validation(`${what} name must be specified`);
  if (name.length > 32) throw elbErrors.validation(`${what} name '${name}' cannot be longer than '32' characters`);
  if (!/^[a-zA-Z0-9-]+$/.test(name))
    throw elbErrors.validation(
      `${what} name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  if (name.startsWith('-') || name.endsWith('-'))
    throw elbErrors.validation(`${what} name '${name}' cannot begin or end with '-'`);
  return name;
};
