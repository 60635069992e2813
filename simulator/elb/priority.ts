import { elbErrors } from './errors.ts';

/** @throws AwsError for what is no priority of a rule. */
export const checkPriority = (priority: number | undefined): number => {
  if (!(Number.isInteger(priority) && Number(priority) >= 1 && Number(priority) <= 50_000))
    throw elbErrors.validation(`Rule priority '${priority}' must be between 1 and 50000`);
  return Number(priority);
};
