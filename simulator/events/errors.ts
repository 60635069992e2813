import { AwsError } from '../cloud/aws-error.ts';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

export const busNotFound = (name: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);

export const ruleNotFound = (name: string, busName: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${busName}.`);

export const limitExceeded = (): AwsError =>
  new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');

/** A member of a request that does not satisfy a constraint of the service model; its value, as errors quote it. */
export interface Broken {
  readonly value: string | undefined;
  readonly member: string;
  readonly rule: string;
}

/** Everything that AWS's framework found wrong with the members of a request, in one error. */
export const constraints = (found: readonly Broken[]): AwsError =>
  validation(
    `${found.length} validation error${found.length === 1 ? '' : 's'} detected: ${found
      .map(
        ({ value, member, rule }) =>
          `Value ${value === undefined ? 'null' : `'${value}'`} at '${member}' failed to satisfy constraint: ${rule}`,
      )
      .join('; ')}`,
  );
