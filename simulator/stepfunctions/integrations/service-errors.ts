import { AwsError } from '../../cloud/aws-error.ts';
import { StateFailure } from '../execution/failure.ts';

/** How the errors of a service are named and worded in a task. */
export interface ErrorStyle {
  /** What stands before the dot: `Lambda`, `DynamoDb`. */
  readonly prefix: string;
  /** The client's own exception, which stands for every error that the service's model does not name. */
  readonly generic: string;
  /** The service's name in the cause: `AWSLambda`, `DynamoDb`. */
  readonly service: string;
  /** Optimized integrations word the cause as the Java SDK 1 does, `aws-sdk` ones as the Java SDK 2. */
  readonly generation: 1 | 2;
  /** Errors common to all services that this service's model names too. */
  readonly models: readonly string[];
}

/** Errors that any AWS service may answer without its model saying so. */
const commonErrors = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InternalFailure',
  'InternalServerError',
  'InvalidAction',
  'InvalidClientTokenId',
  'InvalidParameterCombination',
  'InvalidParameterValue',
  'MissingParameter',
  'NotModelledException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'UnauthorizedOperation',
  'UnrecognizedClientException',
  'ValidationError',
  'ValidationException',
]);

const optimizedStyle = (prefix: string, generic: string, service: string): ErrorStyle => ({
  prefix,
  generic,
  service,
  generation: 1,
  models: [],
});

export const lambdaErrors = optimizedStyle('Lambda', 'AWSLambdaException', 'AWSLambda');
export const dynamoDbErrors = optimizedStyle('DynamoDB', 'AmazonDynamoDBException', 'AmazonDynamoDBv2');
export const snsErrors = optimizedStyle('SNS', 'AmazonSNSException', 'AmazonSNS');
export const sqsErrors = optimizedStyle('SQS', 'AmazonSQSException', 'AmazonSQS');
export const eventsErrors = optimizedStyle('EventBridge', 'AmazonEventBridgeException', 'AmazonEventBridge');
export const statesErrors = optimizedStyle('StepFunctions', 'AWSStepFunctionsException', 'AWSStepFunctions');
export const ecsErrors: ErrorStyle = {
  ...optimizedStyle('ECS', 'AmazonECSException', 'AmazonECS'),
  models: ['AccessDeniedException'],
};

/** The name of a shape's exception class in the Java SDKs, which is what Step Functions shows. */
export const exceptionName = (code: string): string => {
  const name = code.split('.').at(-1) as string;
  if (name.endsWith('Exception')) return name;
  return `${name.endsWith('Fault') ? name.slice(0, -'Fault'.length) : name}Exception`;
};

/** Anything but an AwsError is a fault of the simulator, and stays what it is. */
export const asTaskFailure = (error: unknown, style: ErrorStyle, requestId: string): unknown => {
  if (!(error instanceof AwsError)) return error;
  const { code, message, status } = error;
  const named = !commonErrors.has(code) || style.models.includes(code);
  const statusCode = code === 'AccessDeniedException' && style.generation === 1 ? 403 : status;
  const origin =
    style.generation === 1
      ? `(Service: ${style.service}; Status Code: ${statusCode}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`
      : `(Service: ${style.service}, Status Code: ${statusCode}, Request ID: ${requestId})`;
  return new StateFailure(`${style.prefix}.${named ? exceptionName(code) : style.generic}`, `${message} ${origin}`);
};
