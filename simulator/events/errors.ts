import { AwsError } from '../cloud/aws-error.ts';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

export const busNotFound = (name: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);

export const ruleNotFound = (name: string, busName: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${busName}.`);

export const limitExceeded = (): AwsError =>
  new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');

/** Everything that AWS's framework found wrong with the members of a request, in one error. */
export const constraints = (
  found: readonly { readonly value: string; readonly member: string; readonly rule: string }[],
): AwsError =>
  validation(
    `${found.length} validation error${found.length === 1 ? '' : 's'} detected: ${found
      .map(({ value, member, rule }) => `Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`)
      .join('; ')}`,
  );

/** Texts of AWS's own constraint checks, as its framework writes them. */
export const constraint = (value: string, member: string, rule: string): AwsError =>
  constraints([{ value, member, rule }]);

/** @throws AwsError when a name is not one that AWS takes. */
export const checkName = (value: string | undefined, member: string, maximum = 64): void => {
  if (value === undefined || value === '')
    throw constraint(value ?? '', member, 'Member must have length greater than or equal to 1');
  if (!/^[.\-_A-Za-z0-9]+$/.test(value))
    throw constraint(value, member, 'Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+');
  if (value.length > maximum)
    throw constraint(value, member, `Member must have length less than or equal to ${maximum}`);
};
