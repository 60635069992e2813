import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Clients by ordinary AWS configuration: environment, profile, role. The endpoint is AWS_ENDPOINT_URL, where it is set. */
export interface Connection {
  readonly ecs: ECSClient;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  /** What it speaks to, in words. */
  readonly to: string;
}

/** Where the local cloud listens when nothing else was said. */
const localEndpoint = 'http://127.0.0.1:4566';

/**
 * With neither an endpoint nor any sign of AWS configuration in the environment, the local cloud is meant: somebody who
 * tries the project on a laptop has no credentials to give.
 */
export const connect = (env: NodeJS.ProcessEnv): Connection => {
  const configured = [
    'AWS_ENDPOINT_URL',
    'AWS_PROFILE',
    'AWS_ACCESS_KEY_ID',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
  ].some((name) => env[name]);
  const endpoint = env.AWS_ENDPOINT_URL ?? (configured ? undefined : localEndpoint);
  const local = endpoint !== undefined && /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]?/.test(endpoint);
  const settings = {
    ...(endpoint ? { endpoint } : {}),
    ...(env.AWS_REGION || env.AWS_DEFAULT_REGION ? {} : { region: 'us-east-1' }),
    ...(local && !env.AWS_ACCESS_KEY_ID && !env.AWS_PROFILE
      ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
      : {}),
  };
  return {
    ecs: new ECSClient(settings),
    sqs: new SQSClient(settings),
    dynamodb: new DynamoDBClient(settings),
    to: endpoint ?? `AWS, ${env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'the profile’s Region'}`,
  };
};
