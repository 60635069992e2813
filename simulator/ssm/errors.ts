import { AwsError } from '../cloud/aws-error.ts';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** Parameter Store says no more than this name: the message is empty. */
export const parameterNotFound = (): AwsError => new AwsError('ParameterNotFound', '');

export const parameterExists = (): AwsError =>
  new AwsError(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  );
