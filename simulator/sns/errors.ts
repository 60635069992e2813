import { AwsError } from '../cloud/aws-error.ts';

export const snsErrors = {
  noTopic: () => new AwsError('NotFoundException', 'Topic does not exist', { status: 404 }),
  noSubscription: () => new AwsError('NotFoundException', 'Subscription does not exist', { status: 404 }),
  noResource: () => new AwsError('ResourceNotFoundException', 'Resource does not exist', { status: 404 }),
  invalid: (what: string) => new AwsError('InvalidParameterException', `Invalid parameter: ${what}`),
} as const;
