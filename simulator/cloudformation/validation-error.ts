import { AwsError } from '../cloud/aws-error.ts';

/** What CloudFormation answers for a template or a request that it will not start. */
export const validationError = (message: string): AwsError => new AwsError('ValidationError', message);

/** What the template itself gets wrong. */
export const templateError = (message: string): AwsError => validationError(`Template error: ${message}`);

/** What is wrong with the form of the template. */
export const formatError = (message: string): AwsError => validationError(`Template format error: ${message}`);
