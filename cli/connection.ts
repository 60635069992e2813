import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Clients by ordinary AWS configuration: environment, profile, role. The endpoint is AWS_ENDPOINT_URL, where it is set. */
export interface Connection {
  readonly ecs: Pick<ECSClient, 'send'>;
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly sfn: Pick<SFNClient, 'send'>;
  /** What it speaks to, in words. */
  readonly to: string;
}

/** Where the local cloud listens when nothing else was said. */
const localEndpoint = 'http://127.0.0.1:4566';

export interface ConnectionSettings {
  /** Undefined: AWS itself. */
  readonly endpoint?: string;
  /** Undefined: as the profile says. */
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const signsOfConfiguration = [
  'AWS_ENDPOINT_URL',
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
] as const;

/**
 * With neither an endpoint nor any sign of AWS configuration in the environment, the local cloud is meant: somebody who
 * tries the project on a laptop has no credentials to give. The Region may stand in `AWS_DEFAULT_REGION` too, as for the
 * AWS CLI; the JavaScript SDK alone would not look there.
 */
export const connectionSettings = (env: Readonly<Record<string, string | undefined>>): ConnectionSettings => {
  const configured = signsOfConfiguration.some((name) => env[name]);
  const endpoint = env.AWS_ENDPOINT_URL || (configured ? undefined : localEndpoint);
  const local = endpoint !== undefined && /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(endpoint);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || (local ? 'us-east-1' : undefined);
  return {
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    // The local cloud takes any credentials as the operator's.
    ...(local &&
      !env.AWS_ACCESS_KEY_ID &&
      !env.AWS_PROFILE && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
};

export const connect = (env: Readonly<Record<string, string | undefined>>): Connection => {
  const settings = connectionSettings(env);
  return {
    ecs: new ECSClient(settings),
    sqs: new SQSClient(settings),
    dynamodb: new DynamoDBClient(settings),
    sfn: new SFNClient(settings),
    to: settings.endpoint ?? `AWS, ${settings.region ?? 'the profile’s Region'}`,
  };
};
