import { AwsError } from '../cloud/aws-error.ts';
import type { Item } from './value.ts';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** The sentence that DynamoDB puts before most complaints about a request's values. */
export const invalidParameters = (reason: string): AwsError =>
  validation(`One or more parameter values were invalid: ${reason}`);

export const conditionFailed = (item: Item | undefined): AwsError =>
  new AwsError('ConditionalCheckFailedException', 'The conditional request failed', {
    fields: item ? { Item: item } : {},
  });

export const noTable = (detail = ''): AwsError =>
  new AwsError('ResourceNotFoundException', `Requested resource not found${detail}`);
