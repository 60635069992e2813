import { AwsError } from '../cloud/aws-error.ts';

export const validation = (message: string): AwsError =>
  new AwsError('ValidationException', message, { queryCode: 'ValidationError' });

export const invalidValue = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' });

export const invalidCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombinationException', message, { queryCode: 'InvalidParameterCombination' });

export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`, {
    queryCode: 'MissingParameter',
  });

export const resourceNotFound = (): AwsError =>
  new AwsError('ResourceNotFound', '', { status: 404, queryCode: 'ResourceNotFound' });
