import { AwsError } from '../cloud/aws-error.ts';

/** Errors of SQS, each with the older name that clients of the query protocol still match on. */
export const sqsErrors = {
  queueDoesNotExist: (): AwsError =>
    new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', {
      queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
    }),
  missingParameter: (name: string): AwsError =>
    new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`, {
      queryCode: 'MissingParameter',
    }),
  invalidParameter: (message: string): AwsError =>
    new AwsError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' }),
  invalidValue: (value: unknown, parameter: string, reason: string): AwsError =>
    sqsErrors.invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`),
  unknownAttribute: (name: string): AwsError => sqsErrors.invalidAttributeName(`Unknown Attribute ${name}.`),
  invalidAttributeName: (message: string): AwsError =>
    new AwsError('InvalidAttributeName', message, { queryCode: 'InvalidAttributeName' }),
  invalidAttributeValue: (name: string): AwsError =>
    new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`, {
      queryCode: 'InvalidAttributeValue',
    }),
  invalidReceiptHandle: (handle: string): AwsError =>
    new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, {
      status: 404,
      queryCode: 'ReceiptHandleIsInvalid',
    }),
  messageNotInflight: (): AwsError =>
    new AwsError('MessageNotInflight', "The specified message isn't in flight.", {
      queryCode: 'AWS.SimpleQueueService.MessageNotInflight',
    }),
  overLimit: (): AwsError =>
    new AwsError('OverLimit', 'The maximum number of in flight messages has been reached.', {
      status: 403,
      queryCode: 'OverLimit',
    }),
  purgeInProgress: (name: string): AwsError =>
    new AwsError('PurgeQueueInProgress', `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`, {
      status: 403,
      queryCode: 'AWS.SimpleQueueService.PurgeQueueInProgress',
    }),
  deletedRecently: (): AwsError =>
    new AwsError(
      'QueueDeletedRecently',
      'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
      { queryCode: 'AWS.SimpleQueueService.QueueDeletedRecently' },
    ),
  nameExists: (attribute: string): AwsError =>
    new AwsError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${attribute}`,
      { queryCode: 'QueueAlreadyExists' },
    ),
  invalidMessageContents: (message: string): AwsError =>
    new AwsError('InvalidMessageContents', message, { queryCode: 'InvalidMessageContents' }),
  tooManyActions: (count: number, max: number): AwsError =>
    new AwsError('OverLimit', `${count} Actions were found, maximum allowed is ${max}.`, {
      status: 403,
      queryCode: 'OverLimit',
    }),
  resourceNotFound: (message: string): AwsError =>
    new AwsError('ResourceNotFoundException', message, { status: 404, queryCode: 'ResourceNotFoundException' }),
  batch: (code: string, message: string): AwsError =>
    new AwsError(code, message, { queryCode: `AWS.SimpleQueueService.${code}` }),
};
